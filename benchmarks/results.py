"""`results.md`: one section per size. A run writes its own section and leaves the others unchanged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from commands import HERE, shown
from data import SIZES, VARIANTS
from measure import middle
from targets import HEAD as TARGETS_HEAD
from targets import START

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from data import Dataset
    from rounds import Rounds
    from works import Work

RESULTS: Final = HERE / "results.md"
TARGETS: Final = "Targets"
MEMORY: Final = "Peak memory by size"
HEAD: Final = """# Results of the bench

Made by `make bench`: each run writes the sections of its sizes. README.md tells how to read it.
"""
STEPPED: Final = (
    "flamescore, 100 rules",
    "flamescore, 100 rules, 40% hot",
    "flamescore, 100 rules, the next night",
)
"""The runs whose steps are shown."""

_ORDER: Final = [START, *(f"{size}, {variant}" for size in SIZES for variant in VARIANTS)]


def replaced(text: str, title: str, section: str) -> str:
    """Return the text of `results.md` with one section replaced and the summaries rebuilt."""
    sections = sections_of(text) | {title: section.strip()}
    ordered = {name: sections[name] for name in _ORDER if name in sections}
    parts = [f"## {name}\n\n{body}\n" for name, body in ordered.items()]
    targets, memory = "\n".join(_targets(ordered)), "\n".join(_memory(ordered))
    return "\n".join([HEAD, f"## {TARGETS}\n\n{targets}\n", *parts, f"## {MEMORY}\n\n{memory}\n"])


def sections_of(text: str) -> dict[str, str]:
    """Return the sections of `results.md` by their titles."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)[1:]
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}


def _targets(sections: Mapping[str, str]) -> Iterator[str]:
    """Yield the target rows of all sections. The size cell names a non-default variant too."""
    yield from TARGETS_HEAD
    for name, body in sections.items():
        size, _, variant = name.partition(", ")
        rows = body.partition("\n\n")[0].splitlines()[len(TARGETS_HEAD) :]
        label = size if variant in ("", VARIANTS[0]) else name
        yield from (row.replace(f"| {size} |", f"| {label} |", 1) for row in rows)


def peaks(section: str) -> dict[int, int]:
    """Return the peak in MB by number of rules, parsed from a section's text."""
    rows = re.findall(r"^\| flamescore, (\d+) rules \|[^|]*\|[^|]*\| (\d+) \|", section, flags=re.MULTILINE)
    return {int(count): int(peak) for count, peak in rows}


def _memory(sections: Mapping[str, str]) -> Iterator[str]:
    known = {name: found for name, body in sections.items() if (found := peaks(body))}
    counts = sorted({count for each in known.values() for count in each})
    yield "MB of `flamescore score`, by the number of rules."
    yield ""
    yield "| | contacts | events |" + "".join(f" {count} rules |" for count in counts)
    yield "|---|---|---|" + "---|" * len(counts)
    for name, each in known.items():
        people, events = SIZES[name.split(",")[0]]
        yield f"| {name} | {people:,} | {events:,} |" + "".join(f" {each.get(n, '')} |" for n in counts)


def costs_table(works: Sequence[Work], found: Rounds) -> Iterator[str]:
    """Yield the measurements as a Markdown table."""
    yield "| what | wall s | processor s | peak MB | runs | |"
    yield "|---|---|---|---|---|---|"
    for work in works:
        costs = found.costs[work.name]
        cost = middle(costs)
        about = str(cost.told.get("about", ""))
        if "ours" in cost.told:
            one, other = cost.told["ours"], cost.told["floor"]
            about += f": {one[0]:.2f} / {other[0]:.2f} s; of the processor {one[1]:.2f} / {other[1]:.2f} s"
        if work.name in found.differs:
            differs = found.differs[work.name]
            about = f"{differs[0]} scores, {differs[1]} ledger rows differ"
            about = f"**{about}**" if any(differs) else about
        wall, processor = (
            f"{each:.3f}" if each < 1 else f"{each:.2f}" for each in (cost.wall, cost.processor)
        )
        yield f"| {work.name} | {wall} | {processor} | {cost.peak:.0f} | {len(costs)} | {about} |"


def steps_table(found: Rounds) -> Iterator[str]:
    """Yield the steps of some runs and their wall seconds as a Markdown table. Some steps overlap."""
    runs = {name: found.steps[name] for name in STEPPED if name in found.steps}
    if not runs:
        return
    yield "| step | " + " | ".join(f"{name.removeprefix('flamescore, ')}, s | rows" for name in runs) + " |"
    yield "|---|" + "---|---|" * len(runs)
    names = dict.fromkeys(step["step"] for steps in runs.values() for step in steps)
    for name in names:
        each = [next((step for step in steps if step["step"] == name), None) for steps in runs.values()]
        cells = (f"{step['seconds']:.2f} | {step['rows']:,}" if step else " | " for step in each)
        yield f"| {name} | " + " | ".join(cells) + " |"


def commands_of(data: Dataset, works: Sequence[Work]) -> Iterator[str]:
    """Yield the commands as one would type them."""
    yield from (f"    {shown(work.command(data))}" for work in works)
