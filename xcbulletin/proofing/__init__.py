"""Proofing: an issue → what is wrong with it, who has signed it, and whether every output carries the signed words."""
