"""The command line: one verb a file. Each parses, calls one function, renders, returns an exit code."""
