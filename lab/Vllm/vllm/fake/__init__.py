"""What stands behind the command line: the engine that only counts, and the server in front of it."""
