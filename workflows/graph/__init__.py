"""The graph apart from any database: reading, checking, comparing. Pure: no Django, no client, no I/O."""
