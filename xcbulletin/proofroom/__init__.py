"""Proofing joined with the rooms that it knows nothing of: manuscripts read, forms printed."""
