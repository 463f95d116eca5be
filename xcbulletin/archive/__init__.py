"""Everything ever printed: a site to be read from a server, a shared disk or a stick, search, and annual volumes.

`filed` is what is kept of an issue, `folding` its text as it is searched, `addresses` where each page is. On these stand
side by side: `site` (pages and feeds), `siteindex` (the search index that browsers read), `catalogue` (the one in the
database, which the command line asks), `volume`; `links` and `placing` see that what pages name is there, and that only
what changed is written.
"""
