"""What was wrong with the input, a line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.text import for_log
from flamescore.units import count
from flamescore.yaml_tree import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flamescore.frames import SourceRecord
    from flamescore.scoring import Observations


def problems(observed: Observations, warnings: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the warnings, then what was found out of each source and what it lost, then what did not read.

    Rows that are only too old, too late or ignored on purpose are no problem.
    """
    found = (*_of_sources(observed.sources), *_of_cells(observed), *_of_contacts(observed))
    return tuple(for_log(each) for each in (*warnings, *found))


def _of_sources(sources: Sequence[SourceRecord]) -> Iterator[str]:
    for source in sources:
        path = source.path
        yield from (f"{source.kind} {path}: {note}" for note in source.notes)
        counts = source.counts
        lost = {
            "rejected": counts.rejected,
            "of contacts that are not in the list": counts.orphans,
            "duplicates": counts.duplicates,
            "superseded": counts.superseded,
        }
        said = [f"{number:,} {what}" for what, number in lost.items() if number]
        if said:
            yield f"{source.kind} {path}: of {count(counts.rows, 'row')} {', '.join(said)}"


def _of_cells(observed: Observations) -> Iterator[str]:
    for kind, column, cells in observed.unread:
        yield f"{kind}: {count(cells, 'cell')} of column {column} can't be read as a number or date"
    for score, rule, occurrences in observed.unvalued:
        yield f"{score}: {count(occurrences, 'occurrence')} of rule {rule} gave 0 points: no number"
    for event in observed.unseen:
        meant = nearest(event, observed.types)
        yield f"rules name the event type {event}, which no event has" + (
            f"; did you mean {meant}?" if meant else ""
        )


def _of_contacts(observed: Observations) -> Iterator[str]:
    if observed.undated:
        yield f"{count(observed.undated, 'contact')} with an undated tag, which a rule that needs dates skips"
    if observed.tags_disagree:
        some = count(observed.tags_disagree, "tag")
        yield f"{some} on which the contacts export and the tag history disagree; the history is used"
    if observed.ambiguous_contacts:
        sharing = count(observed.ambiguous_contacts, "contact")
        yield f"{sharing} with the e-mail or key of an earlier one, which gets the events"
