"""Where binding stands: the columns there are, the zone, the place in the file, the problems so far."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final, Literal

from flamescore.rules.places import problem
from flamescore.source import nearest

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flamescore.errors import Problem
    from flamescore.frames import Columns
    from flamescore.tree import Document, Path

Kind = Literal["contacts", "events"]

EVENT_COLUMNS: Final = ("contact_id", "event", "at")
"""What every event has, whatever its export's headers."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A place in a file that is being bound. Scopes of one file share the list of problems."""

    columns: Columns
    zone: ZoneInfo
    document: Document
    path: Path = ()
    problems: list[Problem] = field(default_factory=list)

    def at(self, *steps: str | int) -> Scope:
        """Return the scope of a place further in."""
        return replace(self, path=(*self.path, *steps))

    def tell(self, code: str, message: str, *, hint: str | None = None, key: bool = False) -> None:
        """Note a problem of this place."""
        self.problems.append(
            problem(code, message, document=self.document, path=self.path, key=key, hint=hint)
        )

    def need_column(self, kind: Kind, name: str, *, key: bool = True) -> None:
        """Note a problem if no export of the kind has the column."""
        known = self.columns.contacts if kind == "contacts" else (*self.columns.events, *EVENT_COLUMNS)
        if kind == "contacts" and name == "tags" and self.columns.has_tags:
            self.tell("R093", "`tags` is a list; `field` can't ask it.", hint="Use `tag: ...`.", key=key)
        if name in known:
            return
        code = "R090" if kind == "contacts" else "R091"
        meant = nearest(name, dict.fromkeys(known))
        hint = f"Did you mean `{meant}`?" if meant else _offer(known)
        self.tell(code, f"No {kind} export has the column `{name}`.", hint=hint, key=key)

    def need_events(self) -> bool:
        """Note a problem if there is no events export at all; return whether there is one."""
        if not self.columns.has_events:
            hint = "Give the project an `events:` source, or disable the rule."
            self.tell("R092", "It needs events, but there is no events export.", hint=hint, key=True)
        return self.columns.has_events

    def need_tags(self) -> None:
        """Note a problem if neither contacts nor a history say who has which tag."""
        if not self.columns.has_tags:
            hint = "Map the contacts' `tags` column, or give the project a `tag_history:` source."
            self.tell("R094", "It needs tags, but no export has any.", hint=hint, key=True)


def _offer(known: tuple[str, ...], most: int = 12) -> str | None:
    names = [f"`{name}`" for name in dict.fromkeys(known)]
    more = ", ..." if len(names) > most else ""
    return f"There are {', '.join(names[:most])}{more}." if names else None
