"""Batch lead scoring: exact, explainable, reproducible, fast."""
