"""A second implementation of routing, lead by lead as the docs describe it, independent of the program."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo


def same(one: str | None, other: str | None) -> bool:
    return bool(plain(one)) and plain(one) == plain(other)


def plain(text: str | None) -> str:
    return unicodedata.normalize("NFC", (text or "").strip()).lower()


@dataclass(frozen=True)
class Person:
    id: str
    owner: str | None = None
    wanted: bool = True
    held_out: bool = False
    cells: tuple[str | None, ...] = ()
    country: str = ""


@dataclass(frozen=True)
class Member:
    name: str
    weight: int = 1
    a_day: int | None = None
    away: bool = False
    country: str | None = None


@dataclass(frozen=True)
class Route:
    id: str
    rep: str
    at: datetime
    reason: str
    ended: bool = False


def night(  # noqa: C901 - one rule after another
    people: list[Person],
    team: list[Member],
    *,
    columns: list[str],
    before: list[Route],
    as_of: datetime,
    zone: str,
) -> tuple[list[Route], list[tuple[str, str]]]:
    """Return the routes after a night, and the contacts without a rep, with the reason.

    `people` are in ranked order.
    """
    by_id = {person.id: person for person in people}
    names = [member.name for member in team]

    def day(at: datetime) -> date:
        return at.astimezone(ZoneInfo(zone)).date()

    def holds(route: Route) -> bool:
        person = by_id.get(route.id)
        return (
            not route.ended
            and person is not None
            and not person.owner
            and not person.held_out
            and route.rep in names
        )

    routes = [route if holds(route) else replace(route, ended=True) for route in before]
    routes = [route for route in routes if not route.ended or route.at > as_of - timedelta(days=30)]
    nobody = []

    def lately(member: Member) -> int:
        return sum(r.rep == member.name and r.at > as_of - timedelta(days=30) for r in routes)

    def full(member: Member) -> bool:
        today = sum(r.rep == member.name and day(r.at) == day(as_of) for r in routes)
        return member.a_day is not None and today >= member.a_day

    def of_company(lead: Person) -> tuple[Member, str] | None:
        for number, column in enumerate(columns):
            if plain(lead.cells[number]):
                others = [p for p in people if p.id != lead.id and same(p.cells[number], lead.cells[number])]
                reps = [
                    p.owner or next((r.rep for r in routes if r.id == p.id and not r.ended), None)
                    for p in others
                ]
                many = [sum(same(rep, member.name) for rep in reps) for member in team]
                if not any(many):
                    return None
                return team[many.index(max(many))], f"same {column}: {(lead.cells[number] or '').strip()}"
        return None

    for lead in people:
        if not lead.wanted or lead.owner or any(r.id == lead.id and not r.ended for r in routes):
            continue
        match = of_company(lead)
        if match is not None and not match[0].away and not full(match[0]):
            routes.append(Route(lead.id, match[0].name, as_of, match[1]))
            continue
        hindered = {"away": 0, "full": 0, "outside the territory": 0}
        able = []
        for member in team:
            if not member.weight:
                continue
            if member.away:
                hindered["away"] += 1
            elif full(member):
                hindered["full"] += 1
            elif member.country not in (None, lead.country):
                hindered["outside the territory"] += 1
            else:
                able.append(member)
        if able:
            best = min(able, key=lambda each: Fraction(lately(each) + 1, each.weight))
            routes.append(Route(lead.id, best.name, as_of, "next in turn"))
        else:
            told = ", ".join(f"{many} {why}" for why, many in hindered.items() if many)
            nobody.append((lead.id, f"nobody: {told or 'no rep takes turns'}"))
    return routes, nobody
