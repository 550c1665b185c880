"""The command line: one verb per file. Each parses, calls one function, renders, returns an exit code."""
