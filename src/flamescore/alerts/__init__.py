"""Alerts: who is told what, by which channel, when; composing messages, and sending them."""

from __future__ import annotations

from flamescore.alerts.notifying import (
    PREVIEW,
    Notified,
    notices_taker,
    preview,
    send_test,
    send_waiting,
    waiting_notices,
)
from flamescore.alerts.stored import keep_notices

__all__ = [
    "PREVIEW",
    "Notified",
    "keep_notices",
    "notices_taker",
    "preview",
    "send_test",
    "send_waiting",
    "waiting_notices",
]
