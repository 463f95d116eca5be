"""Paper: an issue's copies allotted, listed for signature, labelled, and numbered (份号)."""
