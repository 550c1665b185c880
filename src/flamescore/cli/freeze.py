"""The work of `flamescore freeze`: flames by percentile as fixed thresholds, to paste into the rule file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.cli.output import deliver
from flamescore.project import find_settings
from flamescore.runs import find_run, frozen_flames

if TYPE_CHECKING:
    from flamescore.cli.messages import Messages


def freeze(
    config: str | None, run: str | None, score: str | None, out: str | None, messages: Messages
) -> None:
    """Print the frozen thresholds of a run."""
    found = find_run(find_settings(config), run, warn=messages.warn)
    messages.of_run.run_id = found.run_id
    deliver(frozen_flames(found, score).encode(), out)
    messages.took("freeze")
