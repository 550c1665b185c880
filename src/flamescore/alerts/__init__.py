"""Alerts: for whom they ring in a run, and what is to be told of it."""

from __future__ import annotations

from flamescore.alerts.notices import FILE, NOTICES, Rings, notice_id, notices_of, read_notices
from flamescore.alerts.ringing import (
    RUNG_FOR,
    SEEN,
    AlertBefore,
    AlertNow,
    Kind,
    Ringing,
    latest_rung,
    latest_seen,
    ring,
    rung_after,
    surviving,
)

__all__ = [
    "FILE",
    "NOTICES",
    "RUNG_FOR",
    "SEEN",
    "AlertBefore",
    "AlertNow",
    "Kind",
    "Ringing",
    "Rings",
    "latest_rung",
    "latest_seen",
    "notice_id",
    "notices_of",
    "read_notices",
    "ring",
    "rung_after",
    "surviving",
]
