"""Everything ever printed: a site to be read from a server, a shared disk or a stick, search, and annual volumes."""
