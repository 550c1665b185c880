"""The notices of a run as the state keeps them: one for each ring, with all that a message will tell of it.

They are made from the run's own files: whoever takes the run in, now or after a crash, makes the same.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import polars as pl

from flamescore.alerts.wording import Lead
from flamescore.project import OWNER, EmailChannel, placeholders
from flamescore.runs import read, scan
from flamescore.state import StateDamagedError, StateStore
from flamescore.tables import as_reasons, strongest, with_names
from flamescore.text import fold
from flamescore.units import iso_instant

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from flamescore.project import Alert, Member, Project, ProjectFile
    from flamescore.runs import Run

_SAID: Final = ("name", "email", "phone", "company", "owner")
"""The contacts' columns that every text uses, whether tables keep them or not."""

_TOLD: Final = (
    "notice_id",
    "contact_id",
    "at",
    "routed_to",
    "flames",
    "previous_flames",
    "score",
    "previous_score",
    "percentile",
    "reasons",
    "rank",
)
"""What is told of a contact beside the kept columns; a kept one of such a name has `contact_` before it."""

_CELLS: Final = "\x00cells"
"""The key of a notice's row under which cells stand that texts name and JSON does not tell."""

_PLACE: Final = "place"


def keep_notices(
    connection: sqlite3.Connection, run: Run, rung: pl.DataFrame, settings: ProjectFile, zone: ZoneInfo
) -> None:
    """Take the notices of a run into the state, with a delivery for each channel and recipient.

    `rung` are the rows of the run's `alerts.csv`. A notice that is there stays as it is, and so do its
    deliveries.
    """
    alerts = {name: alert for name, alert in settings.alerts.items() if name in set(rung["alert"])}
    people = _People(run, rung, settings, alerts, zone)
    for ring in rung.iter_rows(named=True):
        alert = alerts.get(ring["alert"])
        told, cells = people.told(ring)
        row = dict(told, **{_CELLS: cells})
        added = connection.execute(
            "INSERT OR IGNORE INTO notice VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                ring["notice_id"],
                ring["alert"],
                ring["contact_id"],
                ring["kind"],
                told["at"],
                run.run_id,
                people.place(ring["contact_id"]),
                json.dumps(row, ensure_ascii=False),
            ),
        )
        if added.rowcount and alert is not None:
            keep_deliveries(
                connection,
                ring["notice_id"],
                alert,
                settings,
                owner=told["owner"],
                routed_to=told["routed_to"],
            )


def keep_deliveries(
    connection: sqlite3.Connection,
    notice_id: str,
    alert: Alert,
    settings: ProjectFile,
    *,
    owner: str | None = None,
    routed_to: str | None = None,
) -> None:
    """Take into the state by which channels a notice is to go, and to whom: see `recipients`."""
    connection.executemany(
        "INSERT OR IGNORE INTO delivery VALUES (?, ?, ?, NULL, NULL)",
        [
            (notice_id, name, recipient)
            for name in alert.channel
            for recipient in recipients(
                alert,
                owner,
                routed_to,
                settings.team,
                by_mail=isinstance(settings.channels[name], EmailChannel),
            )
        ],
    )


def lead_of(row: str) -> Lead:
    """Return a notice's row as messages tell it."""
    told = json.loads(row)
    cells = told.pop(_CELLS, {})
    return Lead(told, cells)


def recipients(
    alert: Alert, owner: str | None, routed_to: str | None, team: Sequence[Member], *, by_mail: bool
) -> tuple[str, ...]:
    """Return who is told of a lead, each once: names of the team, or addresses; an empty one for nobody.

    `owner` in `to` is the contact's owner if the team has that name, else the rep whom it is routed to, else
    `otherwise`; `by_mail` members without an address can't be reached, and count as missing. An address of
    the team's stands for the member where `owner` may mean that one too: nobody is told the same twice.
    """
    names = {fold(member.name): member.name for member in team}
    reached = {fold(member.name): member.name for member in team if member.email is not None or not by_mail}
    addresses = {fold(member.email): member.name for member in team if member.email is not None}
    found: list[str] = []
    for each in alert.to:
        if each == OWNER:
            rep = reached.get(fold(owner or "")) or reached.get(fold(routed_to or ""))
            found += alert.otherwise if rep is None else (rep,)
        else:
            found.append(each)
    if OWNER in alert.to:
        found = [addresses.get(fold(each), each) for each in found]
    return tuple(dict.fromkeys(names.get(fold(each), each) for each in found)) or ("",)


class _People:
    """The contacts that rang, as the run's tables have them."""

    def __init__(
        self,
        run: Run,
        rung: pl.DataFrame,
        settings: ProjectFile,
        alerts: Mapping[str, Alert],
        zone: ZoneInfo,
    ) -> None:
        ids = rung.select("contact_id").unique()
        self._kept = tuple(dict.fromkeys(each for each in settings.keep if each != "contact_id"))
        self._named = {
            name: tuple(
                dict.fromkeys(
                    each for text in (alert.subject, alert.text) for each in placeholders(text or "")
                )
            )
            for name, alert in alerts.items()
        }
        self._contacts = _by_id(scan(run, "contacts.parquet").join(ids.lazy(), on="contact_id", how="semi"))
        default = run.record.scores[0].name
        # Scores lie ranked; a contact's place among all is that of its row, and who has none comes last.
        ranked = read(run, "scores.parquet").filter(pl.col("score_name") == default).with_row_index(_PLACE)
        self._scored = ranked.height
        self._scores = _by_id(ranked.join(ids, on="contact_id", how="semi").lazy())
        self._last = {each: place for place, each in enumerate(sorted(ids["contact_id"]), self._scored)}
        self._reasons = _reasons(run, default, ids, zone)

    def place(self, contact_id: str) -> int:
        """Return a contact's place in ranked order; without a rank behind all others, by id."""
        row = self._scores.get(contact_id)
        return self._last[contact_id] if row is None else int(row[_PLACE])

    def told(self, ring: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return what JSON tells of a contact, and the cells that texts name beside."""
        contact_id = str(ring["contact_id"])
        contact, score = self._contacts.get(contact_id, {}), self._scores.get(contact_id, {})
        kept = {
            f"contact_{name}" if name in _TOLD else name: contact[name]
            for name in self._kept
            if name in contact
        }
        percentile = score.get("percentile")
        told: dict[str, Any] = {
            "notice_id": ring["notice_id"],
            "contact_id": contact_id,
            "at": iso_instant(ring["at"]),
            **kept,
            "owner": ring["owner"],
            "routed_to": ring["routed_to"],
            "flames": ring["flames"],
            "previous_flames": ring["previous_flames"],
            "score": ring["score"],
            "previous_score": ring["previous_score"],
            "percentile": None if percentile is None else int(percentile),
            "reasons": self._reasons.get(contact_id, []),
        }
        asked = (*_SAID, *self._named.get(str(ring["alert"]), ()))
        cells = {name: contact[name] for name in asked if name in contact and name not in told}
        return told, {**cells, **({"rank": score["rank"]} if score else {})}


def _by_id(rows: pl.LazyFrame) -> dict[str, dict[str, Any]]:
    return {row["contact_id"]: row for row in rows.collect().iter_rows(named=True)}


def _reasons(run: Run, score_name: str, ids: pl.DataFrame, zone: ZoneInfo) -> dict[str, list[str]]:
    """Return by contact why it has its points: `Talked with a rep ×2, 2026-11-17 (+18)`."""
    entries = next(score.rules for score in run.record.scores if score.name == score_name)
    names = {rule.id: rule.called for rule in entries if rule.entry == "rule"}
    given = (
        scan(run, "points.parquet")
        .filter(pl.col("score_name") == score_name)
        .join(ids.lazy(), on="contact_id", how="semi", maintain_order="left")
        .collect()
        .pipe(strongest)
        .pipe(with_names, names)
        .pipe(as_reasons, zone, 0)
    )
    return {who: [each for each in words if each is not None] for who, *words in given.iter_rows()}


def waiting_notices(project: Project) -> int:
    """Return how many notices are to be sent, in a message already or not; 0 where that can't be known."""
    store = StateStore.of(project)
    if not project.settings.alerts or not store.exists():
        return 0
    try:
        with store.open(write=False) as connection:
            return int(
                connection.execute(
                    "SELECT count(DISTINCT notice_id) FROM delivery LEFT JOIN message m ON m.id = message_id"
                    " WHERE dropped IS NULL AND sent_at IS NULL AND given_up_at IS NULL"
                ).fetchone()[0]
            )
    except StateDamagedError:
        return 0
