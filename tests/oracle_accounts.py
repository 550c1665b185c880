"""Accounts, member by member, in whole numbers: members, near-duplicates, scores, ledger, roles."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from unicodedata import category

from oracle_conditions import Row, World, as_list, holds
from oracle_words import fold, present, ten_thousandths

_EARLIEST = datetime.min.replace(tzinfo=UTC)
_FORMS = (
    " inc incorporated llc llp lp ltd limited corp corporation co company gmbh ag kg se sa sas sarl srl spa "
    "bv nv ab as oy oyj plc pty "
)
_KINDS = ("spelling", "subdomain", "domain")


@dataclass
class OracleAccounts:
    """All results for accounts; points are ten-thousandths. `key_of` contains only contacts in an account."""

    key_of: dict[str, str] = field(default_factory=dict)
    column_of: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    shown: dict[str, str] = field(default_factory=dict)
    names: dict[str, str | None] = field(default_factory=dict)
    free_mail: int = 0
    spellings: int = 0
    near: list[Row] = field(default_factory=list)
    doubtful: list[tuple[str, int]] = field(default_factory=list)
    roles: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    complete: dict[str, bool] = field(default_factory=dict)
    scores: list[dict[str, Any]] = field(default_factory=list)
    points: list[dict[str, Any]] = field(default_factory=list)


def accounts(
    spec: Row, world: World, ranked: Sequence[Row], free: frozenset[str], also_free: Sequence[str] = ()
) -> OracleAccounts:
    """Compute a book's accounts; `ranked` are the oracle's scores, `free` the package's free-mail domains."""
    found = OracleAccounts()
    _members(spec, world, free | {fold(each) for each in also_free}, found)
    found.near = list(_near(spec, world, found))
    in_one = len(found.key_of)
    for key, members in found.members.items():
        by_mail = any(found.column_of[each] == "email_domain" for each in members)
        if by_mail and len(members) >= 100 and 20 * len(members) > in_one:
            found.doubtful.append((found.shown[key], 100 * len(members) // in_one))
    for name, role in spec.get("roles", {}).items():
        found.roles[name] = {
            key: [each for each in members if holds(role["if"], each, world)]
            for key, members in found.members.items()
        }
    for key in found.members:
        found.complete[key] = all(
            len(found.roles[name][key]) >= role.get("at_least", 1)
            for name, role in spec.get("roles", {}).items()
        )
    for name, how in spec["scores"].items():
        _score(name, how, [row for row in ranked if row["score_name"] == name], found)
    return found


# --- members -----------------------------------------------------------------------------------------


def _members(spec: Row, world: World, free: frozenset[str], found: OracleAccounts) -> None:
    written: dict[str, list[str]] = {}
    for contact_id in sorted(world.contacts):
        cells = [(column, present(world.contacts[contact_id].get(column))) for column in as_list(spec["key"])]
        there = [(column, cell) for column, cell in cells if cell is not None]
        usable = [(column, cell) for column, cell in there if fold(cell) not in free]
        if not usable:
            found.free_mail += bool(there)
            continue
        column, cell = usable[0]
        found.key_of[contact_id] = fold(cell)
        found.column_of[contact_id] = column
        found.members.setdefault(fold(cell), []).append(contact_id)
        written.setdefault(fold(cell), []).append(cell)
    for key, members in found.members.items():
        found.shown[key] = str(_commonest(written[key]))
        found.spellings += len(set(written[key])) > 1
        names = (
            [present(world.contacts[each].get(spec["name"])) for each in members] if "name" in spec else []
        )
        found.names[key] = _commonest([each for each in names if each is not None])


def _commonest(texts: Sequence[str]) -> str | None:
    counted = Counter(texts)
    return min(counted, key=lambda text: (-counted[text], text), default=None)


# --- near-duplicates ---------------------------------------------------------------------------------


def _near(spec: Row, world: World, found: OracleAccounts) -> Iterator[Row]:
    """Yield the pairs of accounts that may be one, each under the first kind that applies."""
    pairs: dict[frozenset[str], str] = {}
    for one in found.members:
        for other in found.members:
            for kind in _KINDS:
                if one != other and _may_be(kind, (one, other), spec, world, found):
                    pair = frozenset((one, other))
                    if pair not in pairs or _KINDS.index(kind) < _KINDS.index(pairs[pair]):
                        pairs[pair] = kind
    rows = [_pair(pair, kind, found) for pair, kind in pairs.items()]
    yield from sorted(rows, key=lambda row: (-row["contacts"], *row["accounts"]))


def _pair(pair: frozenset[str], kind: str, found: OracleAccounts) -> Row:
    first, second = sorted(pair, key=lambda key: (-len(found.members[key]), found.shown[key]))
    shown = (found.shown[first], found.shown[second])
    return {"kind": kind, "accounts": shown, "contacts": len(found.members[second])}


def _may_be(kind: str, pair: tuple[str, str], spec: Row, world: World, found: OracleAccounts) -> bool:
    one, other = pair
    if kind == "spelling":
        alike = [key for key in found.members if _bare(key) and _bare(key) == _bare(one)]
        first = min(alike, key=lambda key: (-len(found.members[key]), found.shown[key]), default=None)
        return one == first and other in alike
    if kind == "subdomain":
        label, dot, rest = one.partition(".")
        return bool(label) and bool(dot) and rest == other
    columns = as_list(spec["key"])
    if "email_domain" not in columns:
        return False
    if not any(found.column_of[each] == "email_domain" for each in found.members[one]):
        return False
    earlier = columns[: columns.index("email_domain")]
    return any(
        found.column_of[each] in earlier and fold(world.contacts[each].get("email_domain") or "") == one
        for each in found.members[other]
    )


def _bare(key: str) -> str:
    """Return the words of a key run together, without trailing legal forms such as `gmbh`."""
    kept = (char if category(char).startswith("L") or category(char) == "Nd" else " " for char in key)
    words = "".join(kept).split()
    while len(words) > 1 and f" {words[-1]} " in _FORMS:
        words.pop()
    return "".join(words)


# --- scores ------------------------------------------------------------------------------------------


def _score(name: str, how: Row, ranked: Sequence[Row], found: OracleAccounts) -> None:
    rows = []
    ledgers = {}
    for key in found.members:
        mine = [row for row in ranked if found.key_of.get(row["contact_id"]) == key]
        if not mine:
            continue
        counted, entries, total = _combined(how, mine)
        ledgers[key] = [{"account": found.shown[key], "score_name": name} | entry for entry in entries]
        times = [row["last_activity_at"] for row in mine if row["last_activity_at"] is not None]
        row = {
            "account": found.shown[key],
            "name": found.names[key],
            "score_name": name,
            "score": total,
            "last_activity_at": max(times, default=None),
            "contacts": len(found.members[key]),
            "scored": len(mine),
            "counted": counted,
            "best_contact_id": mine[0]["contact_id"],
            "key": key,
        }
        row |= {f"role_{role}": len(who[key]) for role, who in found.roles.items()}
        rows.append(row | ({"complete": found.complete[key]} if found.roles else {}))
    for row in rows:
        lower = sum(other["score"] < row["score"] for other in rows)
        row["percentile"] = Fraction(100 * lower, len(rows) - 1) if len(rows) > 1 else Fraction(0)
        row["rank"] = 1 + sum(other["score"] > row["score"] for other in rows)
        row["flames"] = _flames(how, row["score"], lower, len(rows))
        ideal = (
            None if isinstance(how.get("flames"), Mapping) else how.get("five_flames") or how["flames"][-1]
        )
        row["percent_of_ideal"] = (
            None if ideal is None else Fraction(100 * row["score"], ten_thousandths(ideal))
        )
    rows.sort(key=lambda row: row["account"])
    rows.sort(key=lambda row: row["last_activity_at"] or _EARLIEST, reverse=True)
    rows.sort(key=lambda row: row["score"], reverse=True)
    found.points += [entry for row in rows for entry in ledgers[row["key"]]]
    found.scores += [{word: value for word, value in row.items() if word != "key"} for row in rows]


def _combined(how: Row, mine: Sequence[Row]) -> tuple[int, list[dict[str, Any]], int]:
    """Return how many members count, the ledger, and the account's score."""
    combine = how["combine"]
    most = combine["top"] if isinstance(combine, Mapping) else 1 if combine == "max" else len(mine)
    counting = mine[:most]
    entries = [_entry("contact", row["score"], row["contact_id"]) for row in counting]
    total = sum(row["score"] for row in counting)
    if combine == "mean":
        size = (2 * abs(total) + len(mine)) // (2 * len(mine))
        mean = -size if total < 0 else size
        entries += [_entry("mean", mean - total)] if mean != total else []
        total = mean
    limits = how.get("limits", {})
    bounded = total
    if "max" in limits:
        bounded = min(bounded, ten_thousandths(limits["max"]))
    if "min" in limits:
        bounded = max(bounded, ten_thousandths(limits["min"]))
    entries += [_entry("account_limit", bounded - total)] if bounded != total else []
    return len(counting), entries, bounded


def _entry(entry: str, points: int, contact_id: str | None = None) -> dict[str, Any]:
    return {"entry": entry, "contact_id": contact_id, "points": points}


def _flames(how: Row, score: int, lower: int, many: int) -> int:
    flames = how.get("flames")
    if isinstance(flames, Mapping):
        reached = (100 * lower >= Fraction(str(each)) * max(many - 1, 1) for each in flames["percentile"])
        return sum(reached) if score > 0 else 0
    if flames is not None:
        return sum(score >= ten_thousandths(each) for each in flames)
    return 0 if score <= 0 else min(5, 5 * score // ten_thousandths(how["five_flames"]))
