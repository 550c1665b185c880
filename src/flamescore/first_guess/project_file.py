"""The text of the first project file, and the report on the guesses in it."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Final

from flamescore.findings import scalar
from flamescore.text import printable
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.first_guess.guess import Guess, SourceContent, Sources, TargetPaths

KINDS: Final = ("contacts", "events", "tag_history", "opportunities")
_WIDE: Final = 96


def project_text(sources: Sources, places: TargetPaths, as_of: str = "now") -> str:
    """Return the project file. Left-out exports appear in it as comments, with the reason."""
    ends = "   # the exports end here; write now once they are fresh"
    lines = [
        "# A first guess by flamescore init. Each guess has its comment: change what is wrong.",
        "version: 1",
        f"rules: {scalar(places.rules)}",
        f"as_of: {as_of}{'' if as_of == 'now' else ends}",
    ]
    for kind in KINDS:
        used = [*((each, sources.kept.get(each.path, "")) for each in sources.contacts)]
        used += [(each, rows_of(looked)) for each, looked in sources.looked]
        used = [(each, rows) for each, rows in used if each.kind == kind]
        refused = [(each, reason) for each, reason in sources.refused if each.kind == kind]
        if used or refused:
            lines.append(f"{kind}:" if used else f"# {kind}:")
        for each, rows in used:
            lines += _comment(f"{_kind(each).capitalize()}: {each.why}{f'; {rows}' if rows else ''}.", "  ")
            lines += _comment(sources.hints.get(each.path, ""), "  ")
            lines += [f"  {line}" for line in each.lines()]
        for each, reason in refused:
            lines.append(f"  # {printable(each.path)} is left out: {printable(reason)}.")
            lines += [f"  # {line}" for line in each.lines()]
    for out in sources.left:
        lines.append(f"# {printable(out.path)} is left out: {printable(out.reason)}.")
        lines += _comment(sources.hints.get(out.path, ""))
    return "\n".join(lines) + "\n"


def _comment(text: str, indent: str = "") -> list[str]:
    """Return a text as comment lines, wrapped if it is long."""
    lines = wrap(printable(text), _WIDE, break_long_words=False, break_on_hyphens=False)
    return [f"{indent}# {line}" for line in lines]


def rows_of(looked: SourceContent) -> str:
    """Return the clause on how many rows of a source are of contacts in the list, and from which days."""
    if not looked.rows:
        return "none of its rows counts"
    of = f"{looked.of_contacts:,} of {count(looked.rows, 'row')} {'is' if looked.rows == 1 else 'are'}"
    clause = f"{of} of contacts in the list"
    if looked.oldest is None or looked.newest is None:
        return clause
    return f"{clause}, from {looked.oldest:%Y-%m-%d} to {looked.newest:%Y-%m-%d}"


def report_lines(sources: Sources, places: TargetPaths, as_of: str) -> Iterator[str]:
    """Yield a line per guess, as reported when the files are written."""
    for each in sources.contacts:
        yield f"{each.path}: contacts; {each.why}; {sources.kept[each.path]}"
    for each, looked in sources.looked:
        yield f"{each.path}: {_kind(each)}; {each.why}; {rows_of(looked)}"
    for each, reason in sources.refused:
        yield f"{each.path}: left out, as comments; {each.why}, but {reason}"
    for out in sources.left:
        yield f"{out.path}: left out; {out.reason}"
    yield ""
    yield f"{places.name}: as_of {as_of}{'' if as_of == 'now' else ', where the exports end'}"


def _kind(guess: Guess) -> str:
    return guess.kind.replace("_", " ")
