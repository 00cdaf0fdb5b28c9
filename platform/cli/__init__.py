"""The `sailcloth` command: a client of the REST API for terminals and pipelines. Knows nothing of the server's code."""
