"""Files ↔ Issue: reading and writing what editors wrote, and importing what they have elsewhere."""
