"""The project file: its model, reading it, the settings that override it, and the presets."""

from __future__ import annotations

from flamescore.project.addresses import is_address
from flamescore.project.alerts import (
    EACH_CONTACT,
    EVENT_WORDS,
    OWNER,
    Alert,
    EventAlert,
    RunAlert,
    SegmentAlert,
)
from flamescore.project.channels import (
    DAYS,
    AppriseChannel,
    Channel,
    EmailChannel,
    FileChannel,
    Hours,
    SlackChannel,
    StdoutChannel,
    TeamsChannel,
    WebhookChannel,
)
from flamescore.project.crm_columns import CrmColumn, crm_column, unknown_in_write_backs
from flamescore.project.crm_formats import CrmFormat, CrmKey, all_formats, text_of_format
from flamescore.project.holdout import HoldOut
from flamescore.project.load import EXCLUDE, HOT, Project, clashes, find_project, load_project, project_of
from flamescore.project.model import (
    DEFAULT_LIMIT,
    ContactsSource,
    EventsSource,
    KeepRuns,
    MergedIds,
    OpportunitiesSource,
    ProjectFile,
    Source,
    TagFormat,
    TagHistorySource,
)
from flamescore.project.paths import S3, STDIN, expanded
from flamescore.project.presets import AUTO, Preset, Variant, all_presets, text_of
from flamescore.project.reached import DATABASES
from flamescore.project.reference import json_schema, key_table, preset_table
from flamescore.project.route import Route
from flamescore.project.segments import HOT_SEGMENT, Segment
from flamescore.project.settings import (
    FLAGS,
    VARIABLES,
    check_needed,
    find_settings,
    find_settings_of,
    settle,
)
from flamescore.project.sound import SoundPart, find_sound_part
from flamescore.project.tables import Tables
from flamescore.project.team import Days, Member, member_named
from flamescore.project.templates import OF_LEAD, OF_MESSAGE, filled_in, placeholders
from flamescore.project.values import EPOCHS, EXCEL, FIND, NewestWithin, RejectLimit, parse_limit
from flamescore.project.variables import UnsetError, filled, passwords, variables
from flamescore.project.write_back import WriteBack

__all__ = [
    "AUTO",
    "DATABASES",
    "DAYS",
    "DEFAULT_LIMIT",
    "EACH_CONTACT",
    "EPOCHS",
    "EVENT_WORDS",
    "EXCEL",
    "EXCLUDE",
    "FIND",
    "FLAGS",
    "HOT",
    "HOT_SEGMENT",
    "OF_LEAD",
    "OF_MESSAGE",
    "OWNER",
    "S3",
    "STDIN",
    "VARIABLES",
    "Alert",
    "AppriseChannel",
    "Channel",
    "ContactsSource",
    "CrmColumn",
    "CrmFormat",
    "CrmKey",
    "Days",
    "EmailChannel",
    "EventAlert",
    "EventsSource",
    "FileChannel",
    "HoldOut",
    "Hours",
    "KeepRuns",
    "Member",
    "MergedIds",
    "NewestWithin",
    "OpportunitiesSource",
    "Preset",
    "Project",
    "ProjectFile",
    "RejectLimit",
    "Route",
    "RunAlert",
    "Segment",
    "SegmentAlert",
    "SlackChannel",
    "SoundPart",
    "Source",
    "StdoutChannel",
    "Tables",
    "TagFormat",
    "TagHistorySource",
    "TeamsChannel",
    "UnsetError",
    "Variant",
    "WebhookChannel",
    "WriteBack",
    "all_formats",
    "all_presets",
    "check_needed",
    "clashes",
    "crm_column",
    "expanded",
    "filled",
    "filled_in",
    "find_project",
    "find_settings",
    "find_settings_of",
    "find_sound_part",
    "is_address",
    "json_schema",
    "key_table",
    "load_project",
    "member_named",
    "parse_limit",
    "passwords",
    "placeholders",
    "preset_table",
    "project_of",
    "settle",
    "text_of",
    "text_of_format",
    "unknown_in_write_backs",
    "variables",
]
