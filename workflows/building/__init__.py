"""Images of a workflow's own: builds for its nodes, and what becomes of the graph when one ends."""
