"""The commands of delivery: recipients, an issue sent, and what became of its letters."""
