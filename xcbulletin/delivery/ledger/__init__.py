"""What is kept of every letter, so that none is sent twice and none forgotten."""
