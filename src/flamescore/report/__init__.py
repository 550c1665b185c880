"""The hot-lead list: a view model, and one renderer a file."""
