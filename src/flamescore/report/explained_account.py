"""An account for people: the contacts behind its scores, and its roles; never interpreted as markup."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Group
from rich.text import Text

from flamescore.report import wording
from flamescore.report.explained import EXACTLY, Line
from flamescore.text import for_cell
from flamescore.units import count, nearest_points, to_local

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from rich.console import RenderableType

    from flamescore.accounts import AccountExplained, AccountScoreExplained, Member, RoleExplained
    from flamescore.runs import RunRecord

NAMED = 5
"""The number of members of a role that are named."""


def render_account(
    account: AccountExplained,
    record: RunRecord,
    titles: Mapping[str, str],
    *,
    everything: bool = False,
    decimals: int = 1,
) -> Group:
    """Return an account of a run, with the titles of its scores; points have at most `decimals` decimals.

    `everything` adds the contacts that don't count.
    """
    parts: list[RenderableType] = [_head(account, record)]
    for score in account.scores:
        parts += ["", *_score(score, titles[score.score_name], decimals, everything=everything)]
    if account.roles:
        parts.append(_roles(account))
    return Group(*parts)


def _head(account: AccountExplained, record: RunRecord) -> Line:
    zone = ZoneInfo(record.timezone)
    called = None if account.name == account.account else account.name
    local = to_local(record.as_of, zone).replace(tzinfo=None)
    as_of = local.isoformat(" ", "seconds" if local.second else "minutes")
    who = " · ".join(filter(None, (account.account, called)))
    rest = f" · {count(account.contacts, 'contact')} · as of {as_of} {record.timezone} · run {record.run_id}"
    return Line(Text.assemble((for_cell(who), "bold"), rest))


def _score(
    score: AccountScoreExplained, title: str, decimals: int, *, everything: bool
) -> Iterator[RenderableType]:
    if score.score is None:
        yield Line(Text.assemble((for_cell(title), "bold"), ": none of its contacts is scored"), 2)
        return
    standing = (
        f"{_worth(score.score, decimals)}, {score.flames} of 5 flames, rank {score.rank:,} of {score.of:,}, "
        f"better than {int(score.percentile)}% of the rest; {_how(score)}"
    )
    yield Line(Text.assemble((for_cell(title), "bold"), f": {standing}"), 2)
    yield from _ledger(score, score.score, decimals)
    if everything and score.others:
        yield Text("  Doesn't count:" if len(score.others) == 1 else "  Don't count:")
        yield from _rows([(_given(each.points or 0, decimals), _who(each)) for each in score.others], 4)
    if everything and score.unscored:
        yield Text("  Not scored (outside the score's population):")
        yield from (Line(Text(f"    {_who(each)}", style="dim"), 4) for each in score.unscored)


def _how(score: AccountScoreExplained) -> str:
    of = count(score.scored, "contact")
    match score.combine:
        case "max":
            return f"the best of {of}"
        case "top":
            return f"sum of the best {len(score.counted):,} of {of}"
        case how:
            return f"{how} of {of}"


def _ledger(score: AccountScoreExplained, whole: float, decimals: int) -> Iterator[Line]:
    parts = [(each.points or 0, _who(each)) for each in score.counted]
    if score.mean:
        parts.append((score.mean, f"from the sum to the mean of {count(score.scored, 'contact')}"))
    if score.limit:
        bound = f"at most {_exact(score.high)}" if score.limit < 0 else f"at least {_exact(score.low)}"
        parts.append((score.limit, f"limit of the account: {bound}"))
    rows = [(_given(points, decimals), what) for points, what in parts]
    total = _total(whole, decimals)
    is_rounded = total != _exact(whole) or any(_given(p, decimals) != _given(p, EXACTLY) for p, _ in parts)
    in_all = f"in all ({_exact(whole)} exactly)" if is_rounded else "in all"
    yield from _rows([*rows, (total, in_all)], 2)


def _given(points: float, decimals: int) -> str:
    return wording.given(nearest_points(points), decimals)


def _total(points: float, decimals: int) -> str:
    return wording.score(nearest_points(points), decimals)


def _exact(points: float | None) -> str:
    return "" if points is None else _total(points, EXACTLY)


def _rows(rows: Sequence[tuple[str, str]], indent: int) -> Iterator[Line]:
    """Lay out points, right-aligned in their column, and what they are for."""
    wide = max(len(points) for points, _ in rows)
    for points, what in rows:
        yield Line(Text(f"{' ' * indent}{points:>{wide}}  {what}"), indent + wide + 2)


def _who(member: Member) -> str:
    return for_cell(" · ".join(filter(None, (member.name, member.contact_id))))


def _roles(account: AccountExplained) -> Line:
    roles = ", ".join(map(_role, account.roles))
    return Line(Text(f"roles: {roles}; {'complete' if account.complete else 'not complete'}"), 2)


def _role(role: RoleExplained) -> str:
    """Describe how far a role is filled; its members are named once it is."""
    progress = f"{for_cell(role.role)} {role.filled:,} of {role.at_least:,}"
    if role.filled < role.at_least:
        return progress
    names = [for_cell(each.name or each.contact_id) for each in role.members[:NAMED]]
    more = role.filled - len(names)
    return f"{progress} ({', '.join(names)}{f' and {more:,} more' if more else ''})"


def _worth(points: float, decimals: int) -> str:
    total = _total(points, decimals)
    return f"{total} point" if total in ("1", "-1") else f"{total} points"
