"""The report as one self-contained HTML page (`report.html`), which loads nothing and sends nothing out."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus

from flamescore.report import wording
from flamescore.report.drawing import LEAST, spark, trend_line
from flamescore.report.links import mailto, tel
from flamescore.report.page_data import (
    age,
    change_words,
    entry_words,
    lead_data,
    minus,
    missing_words,
    owner_key,
    part_words,
    reason_words,
    script_data,
)
from flamescore.report.shown import shown
from flamescore.report.words import UNASSIGNED
from flamescore.units import count, nearest_points, to_local

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from decimal import Decimal
    from pathlib import Path

    from jinja2 import Environment
    from markupsafe import Markup

    from flamescore.report.page import Page
    from flamescore.report.page_data import LeadData
    from flamescore.report.standings import Listed

HTML_FILE: Final = "report.html"
LIMIT: Final = 1_500_000
"""The maximum size of a page in bytes; if very long texts exceed it, the page lists fewer leads."""

_ROW_BYTES: Final = 1_000
"""About what the row of a lead in the list takes."""

_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def write_html(folder: Path, page: Page) -> None:
    """Write `report.html` into a folder: UTF-8, LF."""
    (folder / HTML_FILE).write_text(render_html(page), encoding="utf-8", newline="\n")


def render_html(page: Page, *, limit: int = LIMIT) -> str:
    """Return the whole page, with fewer leads if it would exceed `limit` bytes."""
    data = lead_data(page)
    count = _fitting(data, limit)
    made = _render(page.first(count), data)
    while len(made.encode()) > limit and count:
        count = count * 9 // 10
        made = _render(page.first(count), data)
    return made


def _fitting(data: LeadData, limit: int) -> int:
    """Return about how many of the first leads a page of `limit` bytes has room for."""
    room = limit - len(_asset("report.css")) - len(_asset("report.js"))
    sizes = accumulate(len(each.encode()) + _ROW_BYTES for each in data.leads)
    return sum(size <= room for size in sizes)


def _render(page: Page, data: LeadData) -> str:
    style, script = _asset("report.css"), _asset("report.js")
    template = environment().get_template("report.html.j2")
    return template.render(
        page=page,
        style=_trusted(style),
        script=_trusted(script),
        data=_trusted(script_data(page, data)),
        policy=policy(style, script),
        widest="0-5" if page.several else "1-5",
        with_=_columns_with_something(page),
        flame_levels=_flame_levels(page),
        notices=page.findings.warnings,
        on_page={lead.contact_id for lead in page.leads},
    )


def policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy: only this style and this script are allowed, by their hashes."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _columns_with_something(page: Page) -> dict[str, bool]:
    """Return which columns have a value for any lead; the page leaves out the others."""

    def any_has(column: str) -> bool:
        return any(getattr(lead, column) for lead in page.leads)

    return {
        "owner": page.has("owner")
        and (any_has("owner") or any(each.owner != UNASSIGNED for each in page.owners)),
        "phone": any_has("phone"),
        "email": any_has("email"),
        "change": page.since is not None,
        "spark": page.runs >= LEAST,
    }


def _flame_levels(page: Page) -> tuple[tuple[str, str, int], ...]:
    """Return the filters by flames: value in the address (empty for hot leads), label, number of leads."""
    hot = sum(any(each and each.hot for each in lead.standings[:1]) for lead in page.leads)
    least = page.hot_flames or 1
    fewer = tuple(
        (f"{flames}-5", f"{flames}+", _with(page, flames))
        for flames in (least - 1, least - 2)
        if flames >= 2  # noqa: PLR2004 - 1+ is the same as all
    )
    return (("", "Hot", hot), *fewer, ("0-5" if page.several else "1-5", "All", len(page.leads)))


def _with(page: Page, flames: int) -> int:
    return sum(lead.standings[0] is not None and lead.standings[0].flames >= flames for lead in page.leads)


def _hash(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _asset(name: str) -> str:
    return (files("flamescore.report") / "templates" / name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Return the template environment, created once; filters that depend on the page use the context."""
    from jinja2 import Environment, StrictUndefined, pass_context  # noqa: PLC0415 - only pages need it

    from flamescore.report.template_loader import CompiledTemplates  # noqa: PLC0415 - the same

    def of_page(function: Callable[..., Any]) -> Callable[..., Any]:
        return pass_context(lambda context, *values: function(context["page"], *values))

    made = Environment(
        loader=CompiledTemplates(),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "own": own,
        "shown": shown,
        "tel": tel,
        "mailto": mailto,
        "reason": lambda why: own(why.name, times=why.times),
        "reason_words": reason_words,
        "weekday": weekday,
        "moment": moment,
        "count": count,
        "entry": entry_words,
        "percent": percent,
        "owner_key": owner_key,
        "address": quote_plus,
        "nearest_points": nearest_points,
        "first_words": first_words,
        "number": "{:,}".format,
        "points": of_page(lambda page, points: minus(wording.score(points, page.decimals))),
        "given": of_page(lambda page, points: minus(wording.given(points, page.decimals))),
        "lost": of_page(lambda page, points: minus(wording.given(points, page.decimals).removeprefix("+"))),
        "missing": of_page(lambda page, points: missing_words(points, page.decimals)),
        "changed": of_page(lambda page, change: change_words(change, page.decimals)),
        "parts": of_page(lambda page, parts: part_words(parts, page.decimals)),
        "day": of_page(lambda page, day: wording.short_day(day, page.as_of.date())),
        "local_day": of_page(lambda page, at: wording.short_day(at.date(), page.as_of.date())),
        "age": of_page(age),
        "local": of_page(lambda page, at: to_local(at, page.zone)),
        "spark": of_page(lambda page, standing, score: spark(standing.past, page.runs, score.hot_from)),
    }
    made.globals |= {
        "trend_line": trend_line,
        "step": step,
        "name_of": name_of,
    }
    return made


def own(text: str, width: int = 60, *, times: int = 1) -> Markup:
    """Return text from the data as markup: on one line, with its own direction, cut if very long."""
    from markupsafe import Markup  # noqa: PLC0415 - it comes with Jinja2

    made = Markup("<bdi>{}</bdi>").format(shown(text, width))
    return made + f" \N{MULTIPLICATION SIGN}{times:,}" if times > 1 else made


def name_of(lead: Listed) -> str:
    """Return the name of a lead as plain text, for places that can't contain an element."""
    return shown(lead.called)


def weekday(day: date) -> str:
    """Format a day of the week: `Saturday`, in English regardless of locale."""
    return _DAYS[day.weekday()]


def moment(instant: datetime) -> str:
    """Format an instant: `Saturday 21 Nov 2026, 02:00 MST`."""
    return (
        f"{weekday(instant)} {wording.whole_date(instant.date())}, "
        f"{wording.minute(instant).partition(' ')[2]}"
    )


def first_words(message: str) -> tuple[str, str]:
    """Split a message at its first `:` or full stop: the part that is shown at once, and the rest."""
    ends = [at for mark in (": ", ". ") if (at := message.find(mark)) > 0]
    cut = min(ends, default=len(message))
    return message[:cut].rstrip(".:"), message[cut:]


def percent(amount: float | Decimal, most: float | Decimal) -> int:
    """Return the length of a bar in percent of the longest: 0 for nothing, at least 1 for anything else."""
    if not amount or not most:
        return 0
    return max(round(100 * abs(float(amount) / float(most))), 1)


def step(first: int, other: int) -> int:
    """Return the color strength of a grid cell, 0 to 5: by its position, whatever its value."""
    least = min(first, other)
    return least if least < 2 else (first + other) // 2  # noqa: PLR2004 - the two palest rows and columns


def _trusted(text: str) -> Markup:
    """Mark a file of the package, or escaped JSON, as safe markup."""
    from markupsafe import Markup  # noqa: PLC0415 - it comes with Jinja2

    return Markup(text)  # noqa: S704 - everything from the data is escaped
