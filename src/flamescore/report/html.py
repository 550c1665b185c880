"""The report as one HTML page (`report.html`): nothing of it comes from outside, nothing in it goes there."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from flamescore.report import charts, svg
from flamescore.report.links import mailto, tel
from flamescore.report.shown import shown
from flamescore.report.words import count

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from jinja2 import Environment
    from markupsafe import Markup

    from flamescore.report.view import View

NAME: Final = "report.html"
_LENGTH: Final = 80
_TITLE: Final = 200
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def write_html(folder: Path, report: View) -> None:
    """Write `report.html` into a folder: UTF-8, LF."""
    (folder / NAME).write_text(render(report), encoding="utf-8", newline="\n")


def render(report: View) -> str:
    """Return the whole page."""
    style, script = _asset("report.css"), _asset("report.js")
    page = _environment().get_template("report.html.j2")
    return page.render(
        report=report,
        style=_trusted(style),
        script=_trusted(script),
        policy=policy(style, script),
        drawn=_drawn(report),
        no_charts=None if svg.available() else svg.MISSING,
    )


def policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy: this style and this script by their hashes, and nothing else."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _asset(name: str) -> str:
    return (files("flamescore.report") / "templates" / name).read_text(encoding="utf-8")


def _drawn(report: View) -> dict[str, Markup]:
    """Draw every chart, by its name; none where they can't be drawn."""
    if not svg.available():
        return {}
    found = {}
    for number, score in enumerate(report.scores):
        label = "The numbers are in the table that follows."
        found[f"flames{number}"] = (charts.by_flames(score.flames), f"Contacts by flames. {label}")
        for took, name in ((False, "gave"), (True, "took")):
            if any((line.amount < 0) == took and line.amount for line in score.rules):
                found[f"{name}{number}"] = (
                    charts.rules(score.rules, took=took),
                    f"Rules by points they {name}. {label}",
                )
    for number, table in enumerate(report.grids):
        found[f"grid{number}"] = (
            charts.grid(table),
            "Contacts by the flames of both scores. The table has the numbers.",
        )
    return {name: _trusted(svg.draw(spec, label)) for name, (spec, label) in found.items()}


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
        "day": day,
        "moment": moment,
        "count": count,
    }
    environment.filters |= {"short": short, "iso": lambda text: text.replace(" ", "T")}
    return environment


def own(text: str, length: int = _LENGTH) -> Markup:
    """Show text from the data as itself: on one line, of its own direction, cut where it is very long."""
    from markupsafe import Markup  # noqa: PLC0415 - it comes with Jinja2

    clean = shown(text).strip()
    if len(clean) <= length:
        return Markup("<bdi>{}</bdi>").format(clean)
    return Markup('<bdi title="{}">{}…</bdi>').format(clean[:_TITLE], clean[:length].rstrip())


def day(instant: datetime) -> str:
    """Say `Saturday 21 Nov 2026`, in English wherever it runs."""
    return f"{_DAYS[instant.weekday()]} {instant.day} {_MONTHS[instant.month - 1]} {instant.year}"


def moment(instant: datetime) -> str:
    """Say `Saturday 21 Nov 2026, 02:00 MST`."""
    return f"{day(instant)}, {instant:%H:%M} {instant.tzname()}"


def short(text: str, year: int) -> str:
    """Shorten `2026-11-20 08:05` to `20 Nov`, with the year where it is another one."""
    told = f"{int(text[8:10])} {_MONTHS[int(text[5:7]) - 1]}"
    return told if text[:4] == f"{year:04d}" else f"{told} {text[:4]}"


def _phone(text: str) -> Markup:
    return _link(text, tel(text), 40)


def _mail(text: str) -> Markup:
    return _link(text, mailto(text), 60)


def _link(text: str, href: str | None, length: int) -> Markup:
    from markupsafe import Markup  # noqa: PLC0415 - it comes with Jinja2

    if href is None:
        return own(text, length)
    return Markup('<a href="{}">{}</a>').format(href, own(text, length))


def _trusted(text: str) -> Markup:
    """Take a file of the package, or our own drawing, as markup."""
    from markupsafe import Markup  # noqa: PLC0415 - it comes with Jinja2

    return Markup(text)  # noqa: S704 - nothing from the data
