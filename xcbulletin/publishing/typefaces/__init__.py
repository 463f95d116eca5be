"""The printing fonts: made once a machine, then found, measured and cut."""
