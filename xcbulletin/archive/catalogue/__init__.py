"""Search in the workspace's database: exact for every word of one character or more, on SQLite and on PostgreSQL."""
