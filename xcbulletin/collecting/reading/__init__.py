"""What a document says: bytes to entries."""
