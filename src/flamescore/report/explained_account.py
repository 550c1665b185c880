"""An account for people: whose points its scores are, and who fills its roles; nothing is read as markup."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flamescore.report.words import number, signed
from flamescore.text import for_cell
from flamescore.units import count, to_local

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from rich.console import RenderableType

    from flamescore.accounts import AccountExplained, AccountScoreExplained, Member, RoleExplained
    from flamescore.runs import RunRecord

NAMED = 5
"""Members of a role that are named."""


def render_account(
    told: AccountExplained, record: RunRecord, titles: Mapping[str, str], *, everything: bool = False
) -> Group:
    """Return an account of a run, with the titles of its scores. `everything`: with who doesn't count."""
    parts: list[RenderableType] = [_head(told, record)]
    for score in told.scores:
        parts += ["", *_score(score, titles[score.score_name], everything=everything)]
    if told.roles:
        parts.append(_roles(told))
    return Group(*parts)


def _head(told: AccountExplained, record: RunRecord) -> Text:
    zone = ZoneInfo(record.timezone)
    called = None if told.name == told.account else told.name
    local = to_local(record.as_of, zone).replace(tzinfo=None)
    as_of = local.isoformat(" ", "seconds" if local.second else "minutes")
    who = " · ".join(filter(None, (told.account, called)))
    rest = f" · {count(told.contacts, 'contact')} · as of {as_of} {record.timezone} · run {record.run_id}"
    return Text.assemble((for_cell(who), "bold"), rest)


def _score(score: AccountScoreExplained, title: str, *, everything: bool) -> Iterator[RenderableType]:
    if score.score is None:
        yield Text.assemble((for_cell(title), "bold"), ": none of its contacts is scored")
        return
    said = (
        f"{_worth(score.score)}, {score.flames} of 5 flames, rank {score.rank:,} of {score.of:,}, "
        f"better than {int(score.percentile)}% of the rest; {_how(score)}"
    )
    yield Text.assemble((for_cell(title), "bold"), f": {said}")
    yield _ledger(score)
    if everything and score.others:
        yield Text("  Doesn't count:" if len(score.others) == 1 else "  Don't count:")
        yield Padding(_rows((signed(each.points or 0), _who(each)) for each in score.others), (0, 0, 0, 4))
    if everything and score.unscored:
        yield Text("  Not scored (outside the score's population):")
        yield from (Text(f"    {_who(each)}", style="dim") for each in score.unscored)


def _how(score: AccountScoreExplained) -> str:
    of = count(score.scored, "contact")
    match score.combine:
        case "max":
            return f"the best of {of}"
        case "top":
            return f"sum of the best {len(score.counted):,} of {of}"
        case how:
            return f"{how} of {of}"


def _ledger(score: AccountScoreExplained) -> RenderableType:
    rows = [(signed(each.points or 0), _who(each)) for each in score.counted]
    if score.mean:
        rows.append((signed(score.mean), f"from the sum to the mean of {count(score.scored, 'contact')}"))
    if score.limit:
        bound = f"at most {number(score.high)}" if score.limit < 0 else f"at least {number(score.low)}"
        rows.append((signed(score.limit), f"limit of the account: {bound}"))
    return Padding(_rows((*rows, (number(score.score), "in all"))), (0, 0, 0, 2))


def _rows(rows: Iterable[tuple[str, str]]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right")
    table.add_column()
    for points, what in rows:
        table.add_row(Text(points), Text(what))
    return table


def _who(member: Member) -> str:
    return for_cell(" · ".join(filter(None, (member.name, member.contact_id))))


def _roles(told: AccountExplained) -> Text:
    said = ", ".join(map(_role, told.roles))
    return Text(f"roles: {said}; {'complete' if told.complete else 'not complete'}")


def _role(role: RoleExplained) -> str:
    """Say how far a role is filled; who fills it is named once it is."""
    said = f"{for_cell(role.role)} {role.filled:,} of {role.at_least:,}"
    if role.filled < role.at_least:
        return said
    names = [for_cell(each.name or each.contact_id) for each in role.members[:NAMED]]
    more = role.filled - len(names)
    return f"{said} ({', '.join(names)}{f' and {more:,} more' if more else ''})"


def _worth(value: float) -> str:
    told = number(value)
    return f"{told} point" if told in ("1", "-1") else f"{told} points"
