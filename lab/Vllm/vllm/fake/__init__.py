"""The parts behind the command line: an engine that only counts tokens, and the HTTP server in front of it."""
