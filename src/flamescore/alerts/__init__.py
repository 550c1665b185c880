"""Alerts: which contacts they ring for in a run, the resulting notices, and composing and sending them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.alerts.notices import (
    FILE,
    NOTICES,
    Rings,
    as_written,
    facts_of,
    notice_id,
    notices_of,
    read_notices,
)
from flamescore.alerts.of_contacts import AlertResults, RunNow, Subscription, ring_all
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
from flamescore.alerts.rung import keep_rung
from flamescore.alerts.stored import keep_notices, waiting_notices
from flamescore.alerts.subscriptions import subscriptions_of
from flamescore.alerts.taking_in import notices_recorder
from flamescore.lazy_imports import lazy_imports

if TYPE_CHECKING:
    from flamescore.alerts.notifying import (
        PREVIEW,
        Notified,
        preview,
        ring_failed,
        send_test,
        send_waiting,
    )

__all__ = [
    "FILE",
    "NOTICES",
    "PREVIEW",
    "RUNG_FOR",
    "SEEN",
    "AlertBefore",
    "AlertNow",
    "AlertResults",
    "Kind",
    "Notified",
    "Ringing",
    "Rings",
    "RunNow",
    "Subscription",
    "as_written",
    "facts_of",
    "keep_notices",
    "keep_rung",
    "latest_rung",
    "latest_seen",
    "notice_id",
    "notices_of",
    "notices_recorder",
    "preview",
    "read_notices",
    "ring",
    "ring_all",
    "ring_failed",
    "rung_after",
    "send_test",
    "send_waiting",
    "subscriptions_of",
    "surviving",
    "waiting_notices",
]

_LATE: Final = dict.fromkeys(
    ("PREVIEW", "Notified", "preview", "ring_failed", "send_test", "send_waiting"),
    "notifying",
)
"""Names that compose and send, by module. A run without `--notify` does not need them."""

__getattr__ = lazy_imports(__name__, _LATE)
