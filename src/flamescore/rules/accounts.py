"""The shapes of accounts: contacts of one company, and their combined scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flamescore.rules import account_book
from flamescore.rules import rulebook as book
from flamescore.rules.conditions import CONDITION
from flamescore.rules.flames import FLAMES, LIMITS, flames_of
from flamescore.rules.lists import or_from_file
from flamescore.rules.reading import Need, did_you_mean, rule_reading, unknown_key
from flamescore.rules.scalars import NAME, TIMES, WORD
from flamescore.schema_reader import (
    At,
    Key,
    ProblemText,
    Shape,
    Value,
    ValueType,
    listed,
    mapped,
    one_or_more,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_WAYS: Final = ("sum", "max", "mean")
_WAYS_HINT: Final = "Write `sum`, `max`, `mean`, or `{top: 3}` for the three best members."


def _column(at: At) -> str:
    name: str = NAME(at)
    rule_reading(at).needs.append(Need("column", at.path, "contacts", name, key=False))
    return name


_COLUMN: Final = ValueType(_column, NAME.schema)

# --- scores ------------------------------------------------------------------------------------------


def _combine(at: At) -> tuple[str, int | None]:
    """Read how members' points are combined, and how many members count (None: all)."""
    node, top = at.node, at.child("top")
    if node.kind == "mapping":
        number = None if top is None else top.node.scalar
        if top is None or at.keys != ("top",) or not isinstance(number, int) or isinstance(number, bool):
            at.refuse("R180", "`combine` is a mapping, but not `{top: N}`.", _WAYS_HINT)
        if number < 1:
            at.refuse("R180", f"`top` is {number}; it must be a whole number from 1.", _WAYS_HINT)
        return "top", number
    if node.kind != "text" or node.written not in _WAYS:
        meant = {"total": "sum", "average": "mean", "avg": "mean", "best": "max", "highest": "max"}
        hint = did_you_mean(node.written, _WAYS, meant) if node.kind == "text" else _WAYS_HINT
        known = hint.startswith("Did you mean")
        message = f"`combine` is {node.shown()}, which is not a way to combine points."
        at.refuse("R180", message, hint if known else _WAYS_HINT)
    return node.written, 1 if node.written == "max" else None


_TOP: Final = Shape(
    "TopMembers",
    "The best members of an account alone.",
    {"top": Key(TIMES, "How many of them count.", needed=True)},
)
_COMBINE: Final = ValueType(_combine, {"anyOf": [{"enum": list(_WAYS)}, _TOP.type.schema]})
_SCORE: Final = Shape(
    "AccountScore",
    "How the scores of an account's members become the account's own.",
    {
        "combine": Key(
            _COMBINE,
            "`sum` of all members, `max` (the best one), `mean`, or `{top: N}`, the sum of the N best.",
            needed=True,
        ),
        "limits": Key(LIMITS.type, "Bounds on the account's score."),
        **FLAMES,
    },
    missing=lambda _key, _at: ("R180", "It does not say how members' points are put together.", _WAYS_HINT),
)


def _score(at: At) -> Value:
    rule_reading(at).needs.append(Need("score", at.path, name=str(at.path[-1])))
    return _SCORE.read(at)


# --- roles -------------------------------------------------------------------------------------------

_ROLE: Final = Shape(
    "Role",
    "Whom an account needs. Roles give no points.",
    {
        "if": Key(CONDITION, "Who fills it; it may ask for scores and labels.", needed=True),
        "at_least": Key(TIMES, "How many members must; 1 by default.", default=1),
    },
    unknown=lambda shape, key, _: unknown_key(
        key, shape.keys, where="in a role", others={"times": "at_least", "when": "if"}
    ),
    missing=lambda _key, _at: (
        "R023",
        "It has no `if`.",
        "Write `if: {field: {job_title: {contains: ceo}}}`.",
    ),
)

# --- the whole section -------------------------------------------------------------------------------


def _missing(key: str, _at: At) -> ProblemText:
    hints = {
        "key": "Write the column that says whose a contact is: `key: email_domain`.",
        "scores": "Write `scores: {NAME: {combine: sum, five_flames: 60}}`.",
    }
    return "R023", f"`accounts` has no `{key}`.", hints[key]


_ACCOUNTS: Final = Shape(
    "Accounts",
    "Contacts of one company, and what their scores come to together.",
    {
        "key": Key(
            one_or_more(_COLUMN),
            "The column whose cell says whose a contact is, or several: the first that says it.",
            needed=True,
        ),
        "name": Key(_COLUMN, "The column of what an account is called."),
        "free_mail": Key(
            or_from_file(listed(WORD)),
            "More domains that are no company, since anyone can have an address there: a list, or "
            "`{file: ...}`.",
        ),
        "scores": Key(
            mapped(ValueType(_score, _SCORE.type.schema), least=1),
            "By name, the scores that accounts get of their members; the first ranks.",
            needed=True,
        ),
        "roles": Key(mapped(_ROLE.type, least=1), "By name, whom an account needs to be complete."),
    },
    missing=_missing,
)
ACCOUNTS: Final = Key(_ACCOUNTS.type, "Which contacts belong to one account, and what it scores.")
ACCOUNT_SHAPES: Final = (_TOP, _SCORE, _ROLE, _ACCOUNTS)


def accounts_of(found: Mapping[str, Value] | None) -> account_book.Accounts | None:
    """Build the accounts of a valid file."""
    if found is None:
        return None
    roles = found.get("roles", {})
    return account_book.Accounts(
        key=tuple(dict.fromkeys(found["key"])),
        scores=tuple(_score_of(name, score) for name, score in found["scores"].items()),
        called=found.get("name"),
        free_mail=found.get("free_mail", ()),
        roles=tuple(
            account_book.Role(name, role["if"], role.get("at_least", 1)) for name, role in roles.items()
        ),
    )


def _score_of(name: str, found: Mapping[str, Value]) -> account_book.AccountScore:
    how, top = found["combine"]
    return account_book.AccountScore(
        name=name,
        combine=how,
        top=top,
        **flames_of(found),
        limits=found.get("limits", book.NO_LIMITS),
    )
