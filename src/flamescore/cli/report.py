"""The work of `flamescore report`: the hot-lead report of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from flamescore.cli import terminal
from flamescore.cli.output import by_suffix, deliver, place
from flamescore.errors import Problem, UsageError
from flamescore.project import find_settings
from flamescore.report import RENDERERS, read_back, redacted, render_terminal, view
from flamescore.runs import find_run, reading_run

if TYPE_CHECKING:
    from flamescore.cli.messages import Messages

SHOWN: Final = 20
"""The number of leads per score shown on a terminal."""


def report(
    config: str | None,
    run: str | None,
    out: str | None,
    form: str | None,
    messages: Messages,
    *,
    redact: bool,
) -> None:
    """Show the report of a run, or write it to a file."""
    chosen = _format(out, form)
    project = find_settings(config)
    found = find_run(project, run, warn=messages.warn)
    messages.of_run.run_id = found.run_id
    with reading_run(found):
        data = replace(read_back(found), decimals=project.settings.decimals)
        data = redacted(data) if redact else data
        render = RENDERERS.get(chosen)
        if render is not None:
            made = render(data)
        else:
            on = terminal.screen(out)
            lines = render_terminal(view(data), data, on=on, top=SHOWN)
            made = "".join(f"{line}\n" for line in lines).encode(on.encoding, "replace")
    deliver(made, out)
    messages.took(f"report of run {found.run_id}")


def _format(out: str | None, form: str | None) -> str:
    """Return the requested format, else that of the suffix; `table` for stdout and `.txt`."""
    path, known = place(out), tuple(RENDERERS)
    if form is not None:
        if form.lower() not in ("table", *known):
            hint = f"Use table, {', '.join(known[:-1])} or {known[-1]}."
            raise UsageError(Problem("U002", f"`{form}` is not a report format.", hint=hint))
        return form.lower()
    if path is None:
        return "table"
    return by_suffix(path, {f".{each}": each for each in known} | {".txt": "table"})
