"""The report as one HTML page (`report.html`): nothing of it comes from outside, nothing in it goes there."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from flamescore.report.links import mailto, tel
from flamescore.report.view import held_out_line
from flamescore.report.words import UNASSIGNED, number
from flamescore.text import for_cell
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal
    from pathlib import Path

    from jinja2 import Environment
    from markupsafe import Markup

    from flamescore.report.view import ScoreView, View
    from flamescore.runs import RuleEntry

HTML_FILE: Final = "report.html"
LIMIT: Final = 1_500_000
"""Bytes that a page may have; where texts are so long that it has more, it lists fewer leads."""
RULES: Final = 10
"""Rules that a chart shows; the table beside it has them all."""

STEPS: Final = 9
"""How many strengths a cell may have beside none."""

_LENGTH: Final = 60
_TITLE: Final = 120
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def write_html(folder: Path, report: View) -> None:
    """Write `report.html` into a folder: UTF-8, LF."""
    (folder / HTML_FILE).write_text(render_html(report), encoding="utf-8", newline="\n")


def render_html(report: View, *, limit: int = LIMIT) -> str:
    """Return the whole page, with fewer leads where it would have more bytes than `limit`."""
    style, script = _asset("report.css"), _asset("report.js")
    template = _environment().get_template("report.html.j2")
    parts = {
        "style": _trusted(style),
        "script": _trusted(script),
        "policy": policy(style, script),
    }
    page = template.render(report=report, **parts)
    while len(page.encode()) > limit and any(score.leads for score in report.scores):
        report = replace(report, scores=tuple(_halved(score) for score in report.scores))
        page = template.render(report=report, **parts)
    return page


def policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy: this style and this script by their hashes, and nothing else."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _halved(score: ScoreView) -> ScoreView:
    leads = score.leads[: len(score.leads) // 2]
    ids = {lead.contact_id for lead in leads}
    owners = (
        replace(owner, listed=tuple(lead for lead in owner.listed if lead.contact_id in ids))
        for owner in score.owners
    )
    return replace(score, leads=leads, owners=tuple(owners))


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _asset(name: str) -> str:
    return (files("flamescore.report") / "templates" / name).read_text(encoding="utf-8")


def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415 - only where a page is made

    environment = Environment(
        loader=PackageLoader("flamescore.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "own": own,
        "tel": _phone,
        "mail": _mail,
        "bare": bare,
        "day": day,
        "moment": moment,
        "count": count,
        "number": number,
        "strongest": strongest,
        "share": share,
        "strength": strength,
    }
    environment.filters |= {"short": short, "iso": lambda text: text.replace(" ", "T")}
    environment.globals |= {"unassigned": UNASSIGNED, "held_out_line": held_out_line}
    return environment


def own(text: str, length: int = _LENGTH, *, titled: bool = False) -> Markup:
    """Show text from the data as itself: on one line, of its own direction, cut where it is very long.

    `titled` keeps more of what is cut, to be read by pointing at it.
    """
    from markupsafe import Markup  # noqa: PLC0415 - it comes with Jinja2

    clean = for_cell(text).strip()
    if len(clean) <= length:
        return Markup("<bdi>{}</bdi>").format(clean)
    if not titled:
        return Markup("<bdi>{}…</bdi>").format(clean[:length].rstrip())
    return Markup('<bdi title="{}">{}…</bdi>').format(clean[:_TITLE], clean[:length].rstrip())


def bare(text: str, length: int = _LENGTH) -> str:
    """Cut text from the data for places that hold no element: an option, a label."""
    clean = for_cell(text).strip()
    return clean if len(clean) <= length else f"{clean[:length].rstrip()}…"


def day(instant: datetime) -> str:
    """Say `Saturday 21 Nov 2026`, in English wherever it runs."""
    return f"{_DAYS[instant.weekday()]} {instant.day} {_MONTHS[instant.month - 1]} {instant.year}"


def moment(instant: datetime) -> str:
    """Say `Saturday 21 Nov 2026, 02:00 MST`."""
    return f"{day(instant)}, {instant:%H:%M} {instant.tzname()}"


def short(text: str, year: int) -> str:
    """Shorten `2026-11-20 08:05` to `20 Nov`, with the year where it is another one."""
    its_year, month, rest = text.rsplit("-", 2)  # in some zones an instant of 9999 is in the year `+10000`
    told = f"{int(rest[:2])} {_MONTHS[int(month) - 1]}"
    return told if its_year == f"{year:04d}" else f"{told} {its_year.lstrip('+')}"


def _phone(text: str) -> Markup:
    return _link(text, tel(text), 40)


def _mail(text: str) -> Markup:
    """Link an address that is one; where there is no room it breaks before the @."""
    from markupsafe import Markup  # noqa: PLC0415 - it comes with Jinja2

    href = mailto(text)
    if href is None or len(text) > _LENGTH:
        return _link(text, href, 60)
    local, _, domain = for_cell(text).strip().partition("@")
    return Markup('<a href="{}"><bdi>{}<wbr>@{}</bdi></a>').format(href, local, domain)


def _link(text: str, href: str | None, length: int) -> Markup:
    from markupsafe import Markup  # noqa: PLC0415 - it comes with Jinja2

    if href is None:
        return own(text, length)
    return Markup('<a href="{}">{}</a>').format(href, own(text, length))


def _trusted(text: str) -> Markup:
    """Take a file of the package as markup."""
    from markupsafe import Markup  # noqa: PLC0415 - it comes with Jinja2

    return Markup(text)  # noqa: S704 - nothing from the data


# --- what the charts are drawn from; the page draws them itself, as small SVG rectangles and table cells


def strongest(lines: Sequence[RuleEntry], *, took: bool = False) -> tuple[RuleEntry, ...]:
    """Return the ten rules and limits that gave most or, with `took`, took most; the strongest first.

    Ties keep the order of the rule file; what neither gave nor took is left out.
    """
    found = (line for line in lines if line.points and (line.points < 0) == took)
    return tuple(sorted(found, key=lambda line: -abs(line.points))[:RULES])


def share(amount: float | Decimal, most: float | Decimal) -> float:
    """Return how long a bar is, in percent of the longest: 0 for nothing, at least 1 for anything else."""
    if not amount or not most:
        return 0.0
    return max(round(100 * abs(float(amount) / float(most)), 2), 1.0)


def strength(many: int, most: int) -> int:
    """Return how strong a cell's colour is, 0 (nobody) to 9 (the fullest cell).

    The share is raised to 0.35, so that cells with few contacts are told from empty ones.
    """
    return max(1, round(STEPS * (many / most) ** 0.35)) if many else 0
