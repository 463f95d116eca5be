"""The annual volume: the issues of a year bound into one PDF, with contents and indexes whose page numbers are right."""
