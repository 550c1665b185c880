"""The notices of a run as stored in the state: one per ring, with everything that a message will report.

They are built from the run's own files, so taking in the run again, say after a crash, builds the same ones.
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

_STANDARD_COLUMNS: Final = ("name", "email", "phone", "company", "owner")
"""The columns of contacts that every text uses, whether tables keep them or not."""

_OWN_KEYS: Final = (
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
"""A contact's keys besides the kept columns; a kept column with such a name gets the prefix `contact_`."""

_CELLS: Final = "\x00cells"
"""The key in a notice's row for the cells that texts name but JSON does not include."""

_PLACE: Final = "place"


def keep_notices(
    connection: sqlite3.Connection, run: Run, rung: pl.DataFrame, settings: ProjectFile, zone: ZoneInfo
) -> None:
    """Store the notices of a run in the state, with a delivery for each channel and recipient.

    `rung` are the rows of the run's `alerts.csv`. Existing notices and their deliveries are left unchanged.
    """
    alerts = {name: alert for name, alert in settings.alerts.items() if name in set(rung["alert"])}
    people = _People(run, rung, settings, alerts, zone)
    for ring in rung.iter_rows(named=True):
        alert = alerts.get(ring["alert"])
        fields, cells = people.fields(ring)
        row = dict(fields, **{_CELLS: cells})
        added = connection.execute(
            "INSERT OR IGNORE INTO notice VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                ring["notice_id"],
                ring["alert"],
                ring["contact_id"],
                ring["kind"],
                fields["at"],
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
                owner=fields["owner"],
                routed_to=fields["routed_to"],
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
    """Store in the state the channels and recipients that a notice goes to: see `recipients`."""
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
    """Return a notice's row in the form that messages use."""
    fields = json.loads(row)
    cells = fields.pop(_CELLS, {})
    return Lead(fields, cells)


def recipients(
    alert: Alert, owner: str | None, routed_to: str | None, team: Sequence[Member], *, by_mail: bool
) -> tuple[str, ...]:
    """Return a lead's recipients, deduplicated: names of the team, or addresses; `("",)` if there is none.

    `owner` in `to` means the contact's owner if the team has that name, else the rep that the contact is
    routed to, else `otherwise`. With `by_mail`, members without an address can't be reached and count as
    missing. If `to` contains `owner`, an address of the team is replaced by the member's name, so that nobody
    gets the same message twice.
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
    """The contacts that alerts rang for, with their rows in the run's tables."""

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
        # Scores are stored in ranked order, so a contact's place is its row index; others come last.
        ranked = read(run, "scores.parquet").filter(pl.col("score_name") == default).with_row_index(_PLACE)
        self._scored = ranked.height
        self._scores = _by_id(ranked.join(ids, on="contact_id", how="semi").lazy())
        self._last = {each: place for place, each in enumerate(sorted(ids["contact_id"]), self._scored)}
        self._reasons = _reasons(run, default, ids, zone)

    def place(self, contact_id: str) -> int:
        """Return a contact's place in ranked order; contacts without a rank come last, ordered by id."""
        row = self._scores.get(contact_id)
        return self._last[contact_id] if row is None else int(row[_PLACE])

    def fields(self, ring: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the JSON data of a contact, and the additional cells that texts name."""
        contact_id = str(ring["contact_id"])
        contact, score = self._contacts.get(contact_id, {}), self._scores.get(contact_id, {})
        kept = {
            f"contact_{name}" if name in _OWN_KEYS else name: contact[name]
            for name in self._kept
            if name in contact
        }
        percentile = score.get("percentile")
        fields: dict[str, Any] = {
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
        columns = (*_STANDARD_COLUMNS, *self._named.get(str(ring["alert"]), ()))
        cells = {name: contact[name] for name in columns if name in contact and name not in fields}
        return fields, {**cells, **({"rank": score["rank"]} if score else {})}


def _by_id(rows: pl.LazyFrame) -> dict[str, dict[str, Any]]:
    return {row["contact_id"]: row for row in rows.collect().iter_rows(named=True)}


def _reasons(run: Run, score_name: str, ids: pl.DataFrame, zone: ZoneInfo) -> dict[str, list[str]]:
    """Return each contact's reasons for its points: `Talked with a rep ×2, 2026-11-17 (+18)`."""
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
    """Return the number of unsent notices, whether composed or not; 0 if it can't be determined."""
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
