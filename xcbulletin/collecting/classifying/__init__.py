"""Which industries and which column an item belongs to, and why."""
