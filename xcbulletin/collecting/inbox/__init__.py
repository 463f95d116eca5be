"""What sources gave, kept: claims, storing, and how each source fares."""
