"""The same story once: likeness, and the folding of what is alike."""
