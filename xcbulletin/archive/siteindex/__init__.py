"""Search in the reader's browser: an index in plain scripts, so that it works from a disk as from a server.

Every pair of characters of the folded titles and texts is listed with its places. A word is found where the pairs it
is made of stand side by side, which is exactly where it is found by reading everything.
"""
