"""Hypothesis strategies for whole cases of the rule language, and helpers for tests that use them."""

from strategies.case import Case, case_of, cases
from strategies.features import FEATURES, ablate, features, matters, outcome
from strategies.texts import contacts_csv, events_csv, list_file, scalar, tag_history_csv, to_yaml

__all__ = [
    "FEATURES",
    "Case",
    "ablate",
    "case_of",
    "cases",
    "contacts_csv",
    "events_csv",
    "features",
    "list_file",
    "matters",
    "outcome",
    "scalar",
    "tag_history_csv",
    "to_yaml",
]
