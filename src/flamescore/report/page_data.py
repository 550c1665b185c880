"""The data for the page's script: the ledger of each lead, and what lists, filters and sorting need.

It is embedded in the page as JSON. The keys of a lead are short because there are 500 leads:

i, j, w            id; its form in a shell command, and its displayed form, if different
n, c, p, e, o      name, company, phone, e-mail, owner (`o` is compared by owner filters)
t, m               links for calls and e-mails
r, y               the rep shown as the owner of a routed lead, and why
a                  last activity, for sorting: `2026-11-20 08:05`
b                  labels, in order of `labels`
s                  by score, each an object or null:
  q, z             place on the call list, order among the leads of the page
  f, x, h          flames; 1 if hot; 1 if newly hot
  p, u             score and percentile, as displayed
  w                reasons, each `[words, age]`
  d, v             change for sorting, change as displayed
  k                parts of the change
  g                points missing to be hot, as displayed
  l                sparkline: its points, the height of the dotted line, and its last point
  e                ledger: `[rule, points, times, last, until]`; rules and days index `rules`, `days`
  r                rank, as displayed
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from flamescore.report import wording
from flamescore.report.drawing import spark
from flamescore.report.links import mailto, tel
from flamescore.report.shown import shown
from flamescore.report.words import UNASSIGNED
from flamescore.text import printable_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from flamescore.report.page import Page, PageScore
    from flamescore.report.standings import Change, LedgerLine, Listed, Standing, Why
    from flamescore.runs import LabelEntry

_OWNER: Final = 120
"""The maximum width of an owner's name in filters and in the page address."""

_ENTRIES: Final = {
    "rule": "",
    "rule_limit": "limit",
    "group_limit": "limit of the group",
    "score_limit": "limit of the score",
    "group_idle": "silence",
    "score_idle": "silence",
}


def minus(text: str) -> str:
    """Replace hyphens by minus signs, which are as wide as a plus."""
    return text.replace("-", "\N{MINUS SIGN}")


def owner_key(name: str) -> str:
    """Return an owner's name as compared by filters."""
    return shown(name, _OWNER)


def entry_words(entry: str) -> str:
    """Return the kind of a ledger entry that is not a rule: `limit`; empty for a rule."""
    return _ENTRIES[entry]


class LeadData(Struct, frozen=True):
    """The JSON of each lead of a page, safe inside a `script` element, and the days that they refer to.

    `day_counts` has, for each number of leads, how many of the days the first leads refer to.
    """

    leads: tuple[str, ...]
    days: tuple[str, ...]
    day_counts: tuple[int, ...]


def lead_data(page: Page) -> LeadData:
    """Return the JSON of each lead of a page."""
    days = _Days(page.as_of.date())
    leads, day_counts = [], [0]
    for lead in page.leads:
        leads.append(_json(_lead(page, lead, days)))
        day_counts.append(len(days.texts))
    return LeadData(tuple(leads), tuple(days.texts), tuple(day_counts))


def script_data(page: Page, data: LeadData) -> str:
    """Return the JSON, safe inside a `script` element; `data` has the page's leads, and may have more."""
    count = len(page.leads)
    rest = {
        "as_of": page.as_of.isoformat(),
        "hot": page.hot_flames,
        "since": None if page.since is None else wording.short_day(page.since.date(), page.as_of.date()),
        "nobody": UNASSIGNED,
        "total": page.total,
        "scores": [_score(score) for score in page.scores],
        "labels": [
            {"name": label.name, "title": shown(label.title), "values": _texts(label)}
            for label in page.labels
        ],
        "days": data.days[: data.day_counts[count]],
    }
    return f'{_json(rest)[:-1]},"leads":[{",".join(data.leads[:count])}]}}'


def _json(value: dict[str, Any]) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return printable_json(text).replace("<", "\\u003c")


def _texts(label: LabelEntry) -> list[str]:
    return [shown(each.label) for each in label.values if each.label is not None]


def _score(score: PageScore) -> dict[str, Any]:
    return {
        "title": shown(score.title),
        "rules": [[shown(rule.called), _ENTRIES[rule.entry]] for rule in score.rules],
    }


def _lead(page: Page, lead: Listed, days: _Days) -> dict[str, Any]:
    of_person = {
        "c": lead.company,
        "p": lead.phone,
        "e": lead.email,
        "y": lead.routed_reason,
        "r": lead.called_by if lead.is_routed else None,
    }
    known: dict[str, Any] = {key: shown(text) for key, text in of_person.items() if text}
    links = {"t": lead.phone and tel(lead.phone), "m": lead.email and mailto(lead.email)}
    known |= {key: href for key, href in links.items() if href}
    if lead.last_activity is not None:
        known["a"] = f"{lead.last_activity:%Y-%m-%d %H:%M}"
    if page.labels:
        known["b"] = [None if text is None else shown(text) for text in lead.labels]
    if page.has("owner"):
        known["o"] = owner_key(lead.owned_by)
    command = explain_command(lead.contact_id)
    if command != lead.contact_id:
        known["j"] = shown(command, len(command))
    if shown(lead.contact_id) != lead.contact_id:
        known["w"] = shown(lead.contact_id)
    standings = [
        None if standing is None else _standing(page, score, standing, days)
        for score, standing in zip(page.scores, lead.standings, strict=True)
    ]
    return {"i": lead.contact_id, "n": shown(lead.called), **known, "s": standings}


def explain_command(contact_id: str) -> str:
    """Quote a contact's id as an argument of a shell command."""
    word = shlex.quote(contact_id)
    return f"-- {word}" if contact_id.startswith("-") else word


def _standing(page: Page, score: PageScore, standing: Standing, days: _Days) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "q": standing.place,
        "z": standing.order,
        "f": standing.flames,
        "p": minus(wording.score(standing.points, page.decimals)),
        "u": f"{standing.percent}%",
        "r": f"{standing.rank:,} of {score.contacts:,}, better than {standing.percent}%",
        "w": [[reason_words(why), age(page, why.last)] for why in standing.reasons],
        "e": list(_ledger(page, standing.ledger, days)),
    }
    fields |= {"x": 1} if standing.hot else {}
    if standing.change is not None:
        fields |= _change(page, standing.change)
    if standing.missing is not None:
        fields["g"] = missing_words(standing.missing, page.decimals)
    drawn = spark(standing.past, page.runs, score.hot_from)
    if drawn is not None:
        fields["l"] = [drawn.points, drawn.threshold, *drawn.end]
    return fields


def reason_words(why: Why) -> str:
    """Format a reason: `Talked with a rep ×2`."""
    return shown(why.name) + (f" \N{MULTIPLICATION SIGN}{why.times:,}" if why.times > 1 else "")


def age(page: Page, day: date | None) -> str:
    """Format how long ago a day was; empty without a day."""
    return "" if day is None else wording.ago(day, page.as_of.date())


def missing_words(points: int, decimals: int) -> str:
    """Format missing points: `2 points more`."""
    text = wording.missing(points, decimals)
    return f"{text} point{'' if text == '1' else 's'} more"


def change_words(change: Change, decimals: int) -> str:
    """Format a change: `+8.6`, `new`, or empty if nothing changed."""
    if change.points is None:
        return "new"
    return minus(wording.given(change.points, decimals)) if change.points else ""


def part_words(parts: tuple[tuple[int, str], ...], decimals: int) -> str:
    """Format the parts of a change: `+2 new activity, +1 changed rules`."""
    return ", ".join(f"{minus(wording.given(points, decimals))} {words}" for points, words in parts)


def _change(page: Page, change: Change) -> dict[str, Any]:
    text = change_words(change, page.decimals)
    parts = part_words(change.parts, page.decimals)
    fields: dict[str, Any] = {"v": text, "k": parts or text or "unchanged"}
    fields |= {} if change.points is None else {"d": change.points}
    return fields | ({"h": 1} if change.newly_hot else {})


class _Days:
    """The distinct wordings of days in ledgers, each with its index: some 500 for 35,000 entries."""

    def __init__(self, today: date) -> None:
        self.texts: dict[str, int] = {}
        self._today = today
        self._last: dict[date | None, int] = {}
        self._until: dict[tuple[date | None, bool], int] = {}

    def last(self, day: date | None) -> int:
        """Return the index of the wording for when something last happened."""
        if (known := self._last.get(day)) is None:
            text = (
                ""
                if day is None
                else f"{wording.short_day(day, self._today)}, {wording.ago(day, self._today)}"
            )
            known = self._last[day] = self._place(text)
        return known

    def until(self, day: date | None, *, of_rule: bool) -> int:
        """Return the index of the wording for how long something counts."""
        if (known := self._until.get((day, of_rule))) is None:
            never = "no expiry" if of_rule else ""
            text = never if day is None else wording.short_day(day, self._today)
            known = self._until[day, of_rule] = self._place(text)
        return known

    def _place(self, text: str) -> int:
        return self.texts.setdefault(text, len(self.texts))


def _ledger(page: Page, lines: tuple[LedgerLine, ...], days: _Days) -> Iterator[list[Any]]:
    for rule, entry, points, times, last, until in lines:
        places = days.last(last), days.until(until, of_rule=entry == "rule")
        yield [rule, minus(wording.given(points, page.decimals)), times, *places]
