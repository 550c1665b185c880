"""A slow reference for when alerts ring, computed from the whole history of runs without any state."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Person:
    """A contact in a run: in the segment, may be reported, meets `rearm`, latest occurrence `at`."""

    member: bool
    may: bool = True
    fits: bool = False
    at: datetime | None = None


@dataclass(frozen=True)
class OneRun:
    """A run: `counting`, `baseline` or `backfill`; its contacts, in ranked order; the alert's definition."""

    kind: str
    as_of: datetime
    people: dict[str, Person]
    stale: bool = False
    definition: int = 0


@dataclass(frozen=True)
class Ring:
    """A contact for whom an alert rang, and the run."""

    run: int
    who: str
    at: datetime


def state_of(history: list[OneRun], number: int) -> int | None:
    """Return the index of the run that another run is compared with."""
    counted = [i for i in range(number) if history[i].kind != "backfill"]
    return counted[-1] if counted else None


def members(history: list[OneRun], number: int) -> set[str]:
    """Return the contacts that are in the segment in a run, or are kept in it because a feed is stale."""
    run, state = history[number], state_of(history, number)
    now = {who for who, person in run.people.items() if person.member}
    if run.kind == "counting" and run.stale:
        now |= members(history, state)
    return now


def seen(history: list[OneRun], number: int | None, who: str, definition: int) -> datetime | None:
    """Return a contact's latest occurrence in a run or the runs before it, back to a baseline."""
    if number is None or history[number].definition != definition:
        return None
    person, before = history[number].people.get(who), None
    if history[number].kind == "counting":
        before = seen(history, state_of(history, number), who, definition)
    return max(filter(None, (before, person and person.at)), default=None)


def rings(
    history: list[OneRun], kind: str, *, again_after: timedelta = timedelta(0), rearm: bool = False
) -> list[Ring]:
    """Return every ring of a history, run by run, in ranked order."""
    told: list[Ring] = []
    for number, run in enumerate(history):
        state = state_of(history, number)
        if run.kind != "counting" or history[state].definition != run.definition:
            continue
        was, now, new = members(history, state), members(history, number), []
        for who, person in run.people.items():
            before = seen(history, state, who, run.definition)
            came = {
                "enters": person.member and who not in was,
                "leaves": who in was and who not in now,
                "event": person.member and person.at is not None and (before is None or person.at > before),
            }[kind]
            if not (came and person.may):
                continue
            at = person.at if kind == "event" else run.as_of
            mine = [each for each in told if each.who == who]
            last = max(mine, key=lambda each: each.run, default=None)
            waited = last is None or at - last.at >= again_after
            if waited and (last is None or not rearm or _held_since(history, last.run, number, who)):
                new.append(Ring(number, who, at))
        told += new
    return told


def _held_since(history: list[OneRun], rang: int, number: int, who: str) -> bool:
    """Return whether `rearm` held in a counting run after `rang`, up to and including `number`."""
    runs = (each for each in history[rang + 1 : number + 1] if each.kind == "counting")
    return any(who in run.people and run.people[who].fits for run in runs)
