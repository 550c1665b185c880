"""The project file: its model, reading it, the settings over it, and the presets."""

from __future__ import annotations

from flamescore.project.load import Project, clashes
from flamescore.project.model import (
    DEFAULT_LIMIT,
    ContactsSource,
    EventsSource,
    MergedIds,
    OpportunitiesSource,
    Source,
    TagFormat,
    TagHistorySource,
)
from flamescore.project.paths import STDIN, expanded
from flamescore.project.presets import AUTO, Variant, all_presets, text_of
from flamescore.project.reference import json_schema
from flamescore.project.settings import check_needed, find_settings, find_settings_of, settle
from flamescore.project.values import EPOCHS, EXCEL, RejectLimit

__all__ = [
    "AUTO",
    "DEFAULT_LIMIT",
    "EPOCHS",
    "EXCEL",
    "STDIN",
    "ContactsSource",
    "EventsSource",
    "MergedIds",
    "OpportunitiesSource",
    "Project",
    "RejectLimit",
    "Source",
    "TagFormat",
    "TagHistorySource",
    "Variant",
    "all_presets",
    "check_needed",
    "clashes",
    "expanded",
    "find_settings",
    "find_settings_of",
    "json_schema",
    "settle",
    "text_of",
]
