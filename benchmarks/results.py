"""`results.md`: a section a size, of which a run writes its own and leaves the others as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from data import SIZES, VARIANTS
from heavy import FLOOR, HERE, OF_NARROW, OURS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from heavy import Row
    from waits import Wait

RESULTS: Final = HERE / "results.md"
MEMORY: Final = "Peak memory by size"
HEAD: Final = """# Results of the bench

Made by `make bench`: each run writes the section of its size. README.md tells how to read it.
"""

_ORDER: Final = [f"{size}, {variant}" for size in SIZES for variant in VARIANTS]


def replaced(text: str, title: str, section: str) -> str:
    """Return the text of `results.md` with one section put in its place, and the table of memory anew."""
    sections = sections_of(text) | {title: section.strip()}
    ordered = {name: sections[name] for name in _ORDER if name in sections}
    parts = [f"## {name}\n\n{body}\n" for name, body in ordered.items()]
    memory = "\n".join(_memory(ordered))
    return "\n".join([HEAD, *parts, f"## {MEMORY}\n\n{memory}\n"])


def sections_of(text: str) -> dict[str, str]:
    """Return the sections of `results.md` by their titles."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)[1:]
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}


def peaks(section: str) -> dict[int, int]:
    """Return the peak in MB by the number of rules, out of a section's text."""
    rows = (line.split("|") for line in section.splitlines() if line.startswith(f"| {OURS} |"))
    return {int(cells[2]): int(cells[7]) for cells in rows}


def _memory(sections: Mapping[str, str]) -> Iterator[str]:
    known = {name: peaks(body) for name, body in sections.items()}
    counts = sorted({count for each in known.values() for count in each})
    yield "MB of `flamescore score`, by the number of rules."
    yield ""
    yield "| | contacts | events |" + "".join(f" {count} rules |" for count in counts)
    yield "|---|---|---|" + "---|" * len(counts)
    for name, each in known.items():
        people, events = SIZES[name.split(",")[0]]
        yield f"| {name} | {people:,} | {events:,} |" + "".join(f" {each.get(n, '')} |" for n in counts)


def rows_table(rows: Sequence[Row]) -> Iterator[str]:
    """Yield what was measured as a Markdown table, each row with its ratios to the floor and to ours."""
    floor = next(row.cost.wall for row in rows if row.what == FLOOR)
    ours = {(row.what, row.rules): row.cost.wall for row in rows if row.what.startswith(OURS)}
    yield "| what | rules | wall s | / floor | / flamescore | processor s | peak MB | runs | differs |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in rows:
        narrow = OF_NARROW if row.what.endswith(OF_NARROW) else ""
        cost, mine = row.cost, ours.get((OURS + narrow, row.rules))
        against = f"{cost.wall / mine:.2f}" if mine else ""
        differs = "" if row.differs is None else f"{row.differs[0]} scores, {row.differs[1]} ledger rows"
        if row.differs and any(row.differs):
            differs, against = f"**{differs}**", "no: not the same scores"
        yield (
            f"| {row.what} | {row.rules or ''} | {cost.wall:.2f} | {cost.wall / floor:.2f} | {against} "
            f"| {cost.processor:.2f} | {cost.peak:.0f} | {row.runs} | {differs} |"
        )


def waits_table(waits: Sequence[Wait]) -> Iterator[str]:
    """Yield the short commands as a Markdown table."""
    yield "| short command / its floor | | wall s | / | ratio | processor s | / | ratio | runs |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for each in waits:
        ours, floor = each.ours, each.floor
        yield (
            f"| {each.what} | {each.about} | {ours.wall:.3f} | {floor.wall:.3f} | {each.ratio:.2f} "
            f"| {ours.processor:.3f} | {floor.processor:.3f} | {each.work:.2f} | {each.runs} |"
        )
