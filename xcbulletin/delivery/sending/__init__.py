"""Letters to the relay: its replies read, its limits kept."""
