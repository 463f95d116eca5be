"""Who receives: `recipients.csv` read, looked over, and turned into the letters of an issue."""
