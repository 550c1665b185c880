"""What people ask of scores: explain, search."""
