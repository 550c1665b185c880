"""`team` of the project file: who gets leads and messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct
from msgspec.structs import replace

from flamescore.project.addresses import ADDRESS
from flamescore.project.reading import Section, setting
from flamescore.project.values import CONDITION, TEXT, of_text, whole
from flamescore.schema_reader import listed
from flamescore.text import fold
from flamescore.units import parse_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from flamescore.yaml_tree import Path


class Days(Struct, frozen=True):
    """A range of calendar days, both ends inclusive."""

    first: date
    last: date


def _days(text: str) -> Days:
    ends = [parse_time(part.strip()) for part in text.split("..")]
    days = [end for end in ends if type(end) is date]
    if len(days) != len(ends) or len(ends) > 2 or days != sorted(days):  # noqa: PLR2004 - a first and a last
        msg = f"must be a day such as `2026-11-24`, or days such as `2026-11-24..2026-11-28`, not `{text}`"
        raise ValueError(msg)
    return Days(days[0], days[-1])


_AWAY: Final = replace(listed(of_text("days", _days), least=0), words="list of days")
_MOST: Final = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Section):
    """A member of the team."""

    name: str = setting(TEXT, "the name, as in the contacts' column `owner`")
    email: str | None = setting(ADDRESS, "the address for messages by mail", None)
    weight: int = setting(whole(0, _MOST), "the share of leads relative to the others; 0: no turns", 1)
    a_day: int | None = setting(whole(0, _MOST), "the maximum of new leads per local day", None)
    away: tuple[Days, ...] = setting(_AWAY, "days without new leads", ())
    where: Any = setting(
        CONDITION, "the territory: predicates on the contact's columns, as in a rule file", None
    )
    import_as: str | None = setting(TEXT, "what the CRM calls the rep; by default `name`", None)


def member_named(team: Iterable[Member], name: str) -> Member | None:
    """Return the member with a given name, compared as the rule language compares texts, or None."""
    return next((each for each in team if fold(each.name) == fold(name)), None)


def same_names(team: Iterable[Member]) -> Iterator[tuple[Path, str]]:
    """Yield the path of each name that an earlier member has, and a message."""
    seen: dict[str, int] = {}
    for index, member in enumerate(team):
        if fold(member.name) in seen:
            yield ("team", index, "name"), f"`team` has two members called `{member.name}`."
        seen.setdefault(fold(member.name), index)
