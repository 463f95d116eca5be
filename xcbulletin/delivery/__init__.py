"""Delivery: an edition and its recipients → letters in mailboxes and copies on desks, each once."""
