"""How a database of an earlier version becomes one of today's; run by `database.open_engine`."""
