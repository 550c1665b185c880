"""The tables of a run: what stands in each, and writing them so that the same frames give the same bytes."""
