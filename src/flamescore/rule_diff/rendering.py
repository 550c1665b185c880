"""A comparison of two rule files as text, as JSON, and as Markdown for a pull request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from flamescore.pages import table
from flamescore.report import escaped
from flamescore.rule_diff.books import MOVES_NOTHING
from flamescore.rule_diff.comparing import NOT_SCORED
from flamescore.text import for_cell, for_log, json_text
from flamescore.units import POINT, count, show_points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from flamescore.findings import Finding
    from flamescore.rule_diff.books import KeyChange, RuleChange, SettingChange
    from flamescore.rule_diff.comparing import Lists, Mover, ScoreDiff

SCHEMA_VERSION: Final = 1
ARROW: Final = "\N{RIGHTWARDS ARROW}"
_NOBODY: Final = "-"
_SHOWN: Final = 20
"""Maximum number of ids in a line of text; JSON has all."""


class File(Struct, frozen=True):
    """A rule file: its path as given, and the SHA-256 of its bytes in hex."""

    path: str
    hash: str


class Diff(Struct, frozen=True):
    """A comparison of two rule files on the same exports. `redacted`: contact ids are not shown."""

    as_of: datetime
    old: File
    new: File
    rules: tuple[RuleChange, ...]
    settings: tuple[SettingChange, ...]
    scores: tuple[ScoreDiff, ...]
    findings: tuple[Finding, ...] = ()
    redacted: bool = False

    @property
    def moving(self) -> tuple[RuleChange, ...]:
        """Return the rules that were added, removed or changed."""
        return tuple(each for each in self.rules if each.status not in MOVES_NOTHING)

    def shown(self, id_: str) -> str:
        """Return an id, or a placeholder if the comparison is redacted."""
        return _NOBODY if self.redacted else id_


def as_text(diff: Diff) -> str:
    """Render a comparison as plain text: the rules, then the changes of each score."""
    lines = [f"{for_log(diff.old.path)} {ARROW} {for_log(diff.new.path)}, as of {instant(diff.as_of)}", ""]
    lines += [f"  {for_cell(each)}" for each in changes(diff)] or ["  No rule changed."]
    for score in diff.scores:
        lines += ["", for_cell(f"{score.title}: {headline(score)}")]
        lines += [f"  {for_cell(each)}" for each in list_lines(diff, score)]
        lines += ["", "  flames, old by new", *(f"  {each}" for each in _grid(score))]
        lines += [""] if score.movers else []
        lines += [f"  {for_cell('  '.join(cells(diff, each)))}" for each in score.movers]
    return "\n".join(lines) + "\n"


def as_markdown(diff: Diff) -> str:
    """Render a comparison as Markdown for a pull request; it shows only contact ids, collapsed."""
    lines = [f"### {escaped(diff.old.path)} {ARROW} {escaped(diff.new.path)}", ""]
    lines += [f"- {escaped(each)}" for each in changes(diff)] or ["No rule changed."]
    for score in diff.scores:
        lines += ["", f"**{escaped(score.title)}**: {escaped(headline(score))}", ""]
        lines += matrix(score)
        lines += ["", *(f"- {escaped(each)}" for each in list_lines(diff, score, ids=False))]
        if score.movers and not diff.redacted:
            lines += ["", f"<details><summary>Who moves most ({len(score.movers)})</summary>", ""]
            rows = [[escaped(cell) for cell in cells(diff, each)] for each in score.movers]
            lines += [*table(MOVED, rows, right=[False] * len(MOVED)), "", "</details>"]
    return "\n".join(lines) + "\n"


def as_json(diff: Diff) -> str:
    """Render the whole comparison as JSON; points are numbers."""
    return json_text(_data(diff), indent=2) + "\n"


# --- wording -----------------------------------------------------------------------------------------

NAMES: Final = ("0", "1", "2", "3", "4", "5", "not scored")


MOVED: Final = ("contact", "score", "flames", "moved by")


def matrix(score: ScoreDiff) -> Iterator[str]:
    """Yield the lines of a table of contacts by old and new flames."""
    rows = [[NAMES[n], *map(many_or_dot, row)] for n, row in enumerate(score.matrix)]
    return table(["old \\ new", *NAMES], rows, right=[False] * (len(NAMES) + 1))


def headline(score: ScoreDiff) -> str:
    """Return one line with the numbers of changed and of hot contacts."""
    hot = f"{score.hot.before:,} {ARROW} {score.hot.after:,} hot"
    return f"{score.changed:,} of {count(score.contacts, 'contact')} change, {hot}"


def changes(diff: Diff) -> list[str]:
    """Return a line for every change of settings and rules."""
    found = []
    for each in diff.settings:
        where = "" if each.score is None else f"{each.score}: "
        if each.key == "score":
            found.append(f"{where}{'is new' if each.old is None else 'is gone'}, and is not compared")
        else:
            found.append(f"{where}{each.key} {_json(each.old)} {ARROW} {_json(each.new)}")
    for rule in diff.rules:
        if rule.status != "same":
            keys = ", ".join(f"{key.key} {_json(key.old)} {ARROW} {_json(key.new)}" for key in rule.keys)
            found.append(f"{rule.status}: {rule.name}{f' ({keys})' if keys else ''}")
    return found


def _json(value: Any) -> str:  # noqa: ANN401 - any value of a rule file
    return _NOBODY if value is None else json.dumps(value, ensure_ascii=False)


def list_lines(diff: Diff, score: ScoreDiff, *, ids: bool = True) -> Iterator[str]:
    """Yield a line on who enters and leaves the hot list, and one on the first N contacts."""
    lists = [("hot list", score.hot)]
    lists += [] if score.capacity is None else [(f"first {score.capacity.after}", score.capacity)]
    for called, found in lists:
        came, went = (_people(diff, some, ids=ids) for some in (found.entered, found.left))
        yield f"{called}: {came} come, {went} go"


def _people(diff: Diff, who: Sequence[str], *, ids: bool) -> str:
    if not who or not ids or diff.redacted:
        return f"{len(who):,}"
    more = ", ..." if len(who) > _SHOWN else ""
    return f"{len(who):,} ({', '.join(who[:_SHOWN])}{more})"


def many_or_dot(number: int) -> str:
    """Format a count; 0 is shown as a dot."""
    return f"{number:,}" if number else "."


def _grid(score: ScoreDiff) -> list[str]:
    rows = [["", *NAMES], *([NAMES[n], *map(many_or_dot, row)] for n, row in enumerate(score.matrix))]
    wide = [max(len(row[column]) for row in rows) for column in range(NOT_SCORED + 2)]
    return ["  ".join(f"{cell:>{width}}" for cell, width in zip(row, wide, strict=True)) for row in rows]


def cells(diff: Diff, mover: Mover) -> tuple[str, str, str, str]:
    """Return the cells of a mover: contact, score, flames, and what moved it."""
    score = _step(_points(mover.old_score), _points(mover.new_score))
    flames = _step(_flames(mover.old_flames), _flames(mover.new_flames))
    moved = "" if not mover.moved else f" {'+' if mover.moved > 0 else ''}{show_points(mover.moved)}"
    return diff.shown(mover.contact_id), score, flames, f"{mover.entry}{moved}"


def _points(points: int | None) -> str:
    return _NOBODY if points is None else show_points(points)


def _flames(flames: int | None) -> str:
    return _NOBODY if flames is None else str(flames)


def _step(old: str, new: str) -> str:
    return old if old == new else f"{old} {ARROW} {new}"


def instant(at: datetime) -> str:
    """Format an instant as ISO 8601."""
    return at.isoformat().replace("+00:00", "Z")


# --- JSON --------------------------------------------------------------------------------------------


def _data(diff: Diff) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "as_of": instant(diff.as_of),
        "old": {"path": diff.old.path, "hash": f"sha256:{diff.old.hash}"},
        "new": {"path": diff.new.path, "hash": f"sha256:{diff.new.hash}"},
        "rules": [
            {
                "score": each.score,
                "rule": each.new or each.old,
                "name": each.name,
                "status": each.status,
                "keys": [_key(key) for key in each.keys],
            }
            for each in diff.rules
        ],
        "settings": [{"score": each.score, **_key(each)} for each in diff.settings],
        "scores": [_score(diff, each) for each in diff.scores],
        "findings": [
            {
                "code": each.code,
                "severity": str(each.severity),
                "subject": each.subject,
                "message": each.message,
                "accepted": each.accepted,
            }
            for each in diff.findings
        ],
    }


def _key(change: KeyChange | SettingChange) -> dict[str, Any]:
    return {"key": change.key, "old": change.old, "new": change.new}


def _score(diff: Diff, score: ScoreDiff) -> dict[str, Any]:
    return {
        "name": score.name,
        "contacts": score.contacts,
        "changed": score.changed,
        "matrix": [list(row) for row in score.matrix],
        "hot": _list(diff, score.hot),
        "capacity": None if score.capacity is None else _list(diff, score.capacity),
        "movers": [
            {
                "contact_id": None if diff.redacted else each.contact_id,
                "old_score": _number(each.old_score),
                "new_score": _number(each.new_score),
                "old_flames": each.old_flames,
                "new_flames": each.new_flames,
                "entry": each.entry,
                "moved": _number(each.moved),
            }
            for each in score.movers
        ],
    }


def _list(diff: Diff, found: Lists) -> dict[str, Any]:
    ids = ([None if diff.redacted else each for each in some] for some in (found.entered, found.left))
    return {"before": found.before, "after": found.after, **dict(zip(("entered", "left"), ids, strict=True))}


def _number(points: int | None) -> float | int | None:
    if points is None:
        return None
    return points // POINT if points % POINT == 0 else points / POINT
