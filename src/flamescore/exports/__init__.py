"""The project file and the exports: reading, mapping, validating."""
