"""The wording of a message about its leads, in plain text: a subject, and a paragraph for each lead.

    Rachel Walker, Lucky Tail Grooming (2456)
    5 flames, 28 points (99%)
    Stayed in the webinar to the end, 2026-11-19 (+4)
    (801) 555-0124  rachel.walker2456@example.com
    Owner: Tom Becker

A cell of an export may contain anything. Before it is used, its control characters become spaces, so that a
name can't start a header or a new line; each channel then escapes what has a meaning in its own markup.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct, field

from flamescore.project import filled_in, placeholders
from flamescore.report import wording
from flamescore.text import fold
from flamescore.units import count, nearest_points, to_local

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from flamescore.units import Period

_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SPACES: Final = re.compile(r"\s+")
_MINUTE: Final = "%Y-%m-%d %H:%M"


class Lead(Struct, frozen=True):
    """A notice in the form that messages use.

    `fields` is the contact's JSON data. `cells` are further cells that texts name, by column, and the rank.
    """

    fields: Mapping[str, Any]
    cells: Mapping[str, Any] = field(default_factory=dict)

    def cell(self, name: str) -> str:
        """Return a cell as text on one line; empty if it is missing."""
        value = self.fields.get(name)
        return one_line(self.cells.get(name) if value is None else value)

    @property
    def at(self) -> datetime:
        """The instant of the ring."""
        return datetime.fromisoformat(self.fields["at"])

    @property
    def who(self) -> str:
        """The name, or else the e-mail address, or else the id."""
        return self.cell("name") or self.cell("email") or self.cell("contact_id")


class Texts(Struct, frozen=True):
    """How an alert words its messages.

    Times are local to `zone`. `events` are the event types that an event alert waits for, `unless` those that
    silence it if they occur `within` the period. `nobody` are the names that mean "no owner", case-folded. At
    most `rows` leads are listed.
    """

    title: str
    zone: ZoneInfo
    rows: int = 50
    subject: str | None = None
    text: str | None = None
    events: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    within: Period | None = None
    nobody: frozenset[str] = frozenset({"unassigned"})


def one_line(value: object) -> str:
    """Return a cell as text: control characters become spaces, runs of whitespace one space, None empty."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(one_line, value)))
    return _SPACES.sub(" ", _BREAKS.sub(" ", str(value))).strip()


def subject_of(texts: Texts, leads: Sequence[Lead], run_id: str) -> str:
    """Return the subject: `Hot lead: Rachel Walker`, `Hot lead: 3 leads`, or what the template says.

    A template without `{count}` applies to a single lead only. Cells come from the first lead.
    """
    first = leads[0]
    if texts.subject is not None and (len(leads) == 1 or "count" in placeholders(texts.subject)):
        return one_line(_filled(texts.subject, texts, first, len(leads), run_id))
    who = first.who if len(leads) == 1 else count(len(leads), "lead")
    return one_line(f"{texts.title}: {who}")


def body_of(texts: Texts, leads: Sequence[Lead], run_id: str, most: int) -> str:
    """Return the paragraphs, separated by empty lines, then `and 12 more` if there are more.

    At most `most` leads are listed.
    """
    paragraphs = [
        _paragraph(texts, lead)
        if texts.text is None
        else _filled(texts.text, texts, lead, len(leads), run_id).strip("\n")
        for lead in leads[:most]
    ]
    more = len(leads) - len(paragraphs)
    return "\n\n".join((*paragraphs, *([f"and {more:,} more"] if more else ())))


def footer_of(run_id: str | None, as_of: datetime | None, zone: ZoneInfo) -> str:
    """Return the last line of a mail: the run and its local `as_of`; without a run, only the program name."""
    if run_id is None or as_of is None:
        return "flamescore"
    return f"flamescore, run {run_id}, as of {to_local(as_of, zone):{_MINUTE}} {zone.key}"


def _paragraph(texts: Texts, lead: Lead) -> str:
    known = ", ".join(filter(None, (lead.cell("name"), lead.cell("company"))))
    lines = [
        f"{known} ({lead.cell('contact_id')})" if known else lead.cell("contact_id"),
        _standing(lead),
        _happened(texts, lead),
        *map(one_line, lead.fields.get("reasons") or ()),
        "  ".join(filter(None, (lead.cell("phone"), lead.cell("email")))),
        f"Owner: {_owner(texts, lead)}",
    ]
    return "\n".join(filter(None, lines))


def _standing(lead: Lead) -> str:
    """Return `5 flames, 28 points (99%)`; empty for a contact that the score does not rate."""
    flames, percentile = lead.fields.get("flames"), lead.fields.get("percentile")
    if flames is None:
        return ""
    points = _points(lead.fields["score"])
    share = "" if percentile is None else f" ({percentile}%)"
    return f"{count(flames, 'flame')}, {points} {'point' if points == '1' else 'points'}{share}"


def _points(score: float) -> str:
    """Return a score in whole points, rounded down so that it never shows a threshold it has not reached."""
    return wording.score(nearest_points(score), 0)


def _happened(texts: Texts, lead: Lead) -> str:
    """Return what an event alert rang for: `page_visit 2026-11-20 14:05, no purchase by 14:20`."""
    if not texts.events:
        return ""
    at = to_local(lead.at, texts.zone)
    occurrence = f"{' or '.join(texts.events)} {at:{_MINUTE}}"
    if texts.within is None or not texts.unless:
        return occurrence
    by = to_local(texts.within.after(lead.at, texts.zone), texts.zone)
    until = f"{by:%H:%M}" if by.date() == at.date() else f"{by:{_MINUTE}}"
    return f"{occurrence}, no {' or '.join(texts.unless)} by {until}"


def _owner(texts: Texts, lead: Lead) -> str:
    owner, routed = lead.cell("owner"), lead.cell("routed_to")
    if owner and fold(owner) not in texts.nobody:
        return owner
    return f"{routed} (routed)" if routed else "none"


def _filled(template: str, texts: Texts, lead: Lead, many: int, run_id: str) -> str:
    own = {
        "title": one_line(texts.title),
        "count": f"{many:,}",
        "run_id": run_id,
        "event": " or ".join(texts.events),
        "at": f"{to_local(lead.at, texts.zone):{_MINUTE}}",
    }
    for place, reason in enumerate(lead.fields.get("reasons") or (), 1):
        own[f"reason_{place}"] = one_line(reason)
    score = lead.fields.get("score")
    if score is not None:
        own["score"] = _points(score)
    names = placeholders(template)
    return filled_in(template, {name: own[name] if name in own else lead.cell(name) for name in names})
