"""Source code without a Compose file: which parts of it are built into images, and the workflow that runs them.
Pure but for reading a fetched tree."""
