"""Call lists as a workbook: whom to call and why on the printed page, everything else to the right of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl
from msgspec import Struct

from flamescore.report.leads import label_texts
from flamescore.report.run_data import PERSON
from flamescore.report.wording import ago, whole_date
from flamescore.report.words import difference
from flamescore.report.xlsx import ALL, LINK, CellWriter, Formats, Sheet, SheetRows, by_owner, made, width_of
from flamescore.tables import reason, strongest, with_names
from flamescore.text import terminal_columns
from flamescore.units import nearest_points, to_local

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from flamescore.report.run_data import RunData
    from flamescore.runs import ScoreEntry


class Column(Struct, frozen=True):
    """The header of a column, its width in characters, and the format of its cells besides the shared one."""

    header: str
    width: float
    look: Mapping[str, Any]


_WRAPS: Final = {"text_wrap": True}
_BASE: Final[dict[str, Any]] = {"bottom": 7, "valign": "top"}
"""A hairline under each row."""

_BURNING: Final[dict[str, Any]] = {"bold": True, "font_color": "#B93C0A"}
PLACE: Final = "place"
WHY: Final = "\x00why"
COLUMNS: Final[Mapping[str, Column]] = {
    PLACE: Column("#", 5, {"align": "center"}),
    "name": Column("Name", 22, {"bold": True} | _WRAPS),
    "company": Column("Company", 24, _WRAPS),
    "phone": Column("Phone", 16, {}),
    WHY: Column("Why", 58, _WRAPS),
    "last_activity": Column("Last activity", 13, {"align": "left"}),
    "flames": Column("Flames", 9, {"align": "center"}),
    "score": Column("Score", 8, {}),
    "email": Column("E-mail", 32, {}),
    "owner": Column("Owner", 18, {}),
    "percentile": Column("Better than", 12, {"num_format": '0"%"'}),
    "change": Column("Change", 9, {}),
    "newly_hot": Column("Newly hot", 10, {}),
    "rank": Column("Rank", 7, {}),
    "contact_id": Column("Contact id", 12, {}),
}
"""The columns in order; missing contact columns are left out. Columns up to `score` are printed."""

_HEADERS: Final = {"routed_to": "Routed to", "routed_reason": "Why routed"}
"""The headers of some columns after these; the header of any other is its name."""

_SAME: Final = {"last_activity_at": "last_activity"}
"""Columns of a search that are shown under the name of one of `COLUMNS`."""

_WIDEST: Final = 40
_LONGEST_WHY: Final = 400
_LINE: Final = 15
"""The height of a line, in points."""

_MOST_LINES: Final = 3
_MARGIN: Final = 0.4
_A4, _LETTER = 9, 1
_LABEL: Final = "\x00label"
_HOT: Final = "\x00hot"


def render_call_list(run: RunData) -> bytes:
    """Return the hot leads of the default score, also by owner, with one sheet for each other score.

    Leads that are not to be called are left out. If no contact is hot, there are only headers.
    """
    default, *others = run.record.scores
    rows = _hot(run, default)
    further = [Sheet(score.title, _hot(run, score)) for score in others if run.counts_hot(score.name)]
    labels = {f"{_LABEL}{number}": label.title for number, label in enumerate(run.record.labels)}
    return _written(run, rows, "Hot leads", labels, further=further)


def render_search(
    run: RunData, rows: pl.DataFrame, score_name: str, *, columns: Sequence[str] | None = None
) -> bytes:
    """Return the results of a search in order, on one sheet with all of them and one per owner.

    `rows` have one row per contact: `contact_id`, the columns of `frames.SCORES` under the score, and any
    others, which are shown after the columns of a call list. With `columns` exactly these are shown,
    unchanged.
    """
    if columns is not None:
        return _written(run, rows.select(columns).pipe(_as_shown, run), "Leads")
    heading = "Hot leads" if rows.select(run.is_hot().all()).item() else "Leads"
    score = next(each for each in run.record.scores if each.name == score_name)
    sheet = _listed(run, score, rows)
    shown = {*COLUMNS, *_SAME, *PERSON, *(f"reason_{number}" for number in range(1, 4))}
    more = rows.select(name for name in rows.columns if name not in shown)
    return _written(run, pl.concat([sheet, more], how="horizontal"), heading)


def _hot(run: RunData, score: ScoreEntry) -> pl.DataFrame:
    """Return `COLUMNS` of the hot leads of a score, ranked, followed by their labels and routes."""
    mine = (pl.col("score_name") == score.name) & run.is_hot()
    rows = run.scores.filter(mine).join(run.uncalled, on="contact_id", how="anti", maintain_order="left")
    frame = _listed(run, score, rows)
    labels = label_texts(run, rows["contact_id"])
    labels.columns = [f"{_LABEL}{number}" for number in range(labels.width)]
    frame = pl.concat([frame, labels], how="horizontal")
    if run.routed is not None:
        frame = frame.join(run.routed, on="contact_id", how="left", maintain_order="left")
    return frame


def _listed(run: RunData, score: ScoreEntry, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the existing `COLUMNS` of some rows of a score, in their order.

    Changes are taken from the rows if they have them, else from the run.
    """
    why = _why(run, score, rows["contact_id"])
    people = _people(run, rows["contact_id"])
    frame = rows.select(
        pl.int_range(1, pl.len() + 1).alias(PLACE),
        *(people[name] for name in PERSON if name in people.columns),
        pl.col("contact_id").replace_strict(why, default=None, return_dtype=pl.String).alias(WHY),
        "flames",
        "score",
        "percentile",
        "last_activity_at",
        *(("change", "newly_hot") if "change" in rows.columns else _changed(run, score, rows)),
        "rank",
        "contact_id",
        run.is_hot().alias(_HOT),
    ).pipe(_as_shown, run)
    return frame.select(*(name for name in COLUMNS if name in frame.columns), _HOT)


def _people(run: RunData, ids: pl.Series) -> pl.DataFrame:
    """Return `PERSON` of contacts in the given order; routed leads have the rep, `(routed)`, as owner."""
    people = run.people.filter(pl.col("contact_id").is_in(ids.implode()))
    frame = ids.alias("contact_id").to_frame()
    frame = frame.join(people, on="contact_id", how="left", maintain_order="left")
    if run.routed is None:
        return frame
    reps = run.routed.filter(pl.col("routed_to").is_not_null())["contact_id"]
    routed = pl.col("contact_id").is_in(reps.implode()) & pl.col("owner").is_not_null()
    return frame.with_columns(
        owner=pl.when(routed).then(pl.format("{} (routed)", "owner")).otherwise("owner")
    )


def _why(run: RunData, score: ScoreEntry, ids: pl.Series) -> dict[str, str]:
    """Return each contact's reasons, one per line, truncated if too long."""
    names = {rule.id: rule.name for rule in score.rules if rule.entry == "rule"}
    entries = run.ledger(ids).filter(pl.col("score_name") == score.name)
    today = run.as_of.date()
    lines: dict[str, list[str]] = {}
    for row in entries.pipe(strongest).pipe(with_names, names).iter_rows(named=True):
        last = row["last_at"]
        when = None if last is None else ago(to_local(last, run.zone).date(), today)
        points = nearest_points(row["points"])
        why = reason(_on_a_line(row["name"]), row["occurrences"], when, points, run.decimals)
        lines.setdefault(row["contact_id"], []).append(why)
    return {who: _cut("\n".join(reasons)) for who, reasons in lines.items()}


def _on_a_line(text: str) -> str:
    return " ".join(text.splitlines())


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_WHY else f"{text[: _LONGEST_WHY - 1]}…"


def _changed(run: RunData, score: ScoreEntry, rows: pl.DataFrame) -> tuple[pl.Series, ...]:
    """Return `change` and `newly_hot` of the rows; empty if the run was not compared with another."""
    if run.changes is None:
        return ()
    ids = rows["contact_id"]
    mine = run.changes.filter(
        pl.col("score_name") == score.name, pl.col("contact_id").is_in(ids.implode())
    ).select("contact_id", "change", "previous_score")
    known = {who: (kind, then) for who, kind, then in mine.iter_rows()}
    points: list[float | None] = []
    newly: list[bool] = []
    for who, now, hot in rows.select("contact_id", "score", run.is_hot().alias(_HOT)).iter_rows():
        kind, then = known.get(who, (None, None))
        points.append(None if then is None else float(difference(now, then)))
        newly.append(kind == "newly_hot" or (kind == "new" and bool(hot)))
    return pl.Series("change", points, pl.Float64), pl.Series("newly_hot", newly, pl.Boolean)


def _as_shown(rows: pl.DataFrame, run: RunData) -> pl.DataFrame:
    """Convert instants to local days, and `newly_hot` to `yes` or null."""
    days = [
        pl.col(name).dt.convert_time_zone(run.zone.key).dt.date()
        for name, kind in rows.schema.items()
        if isinstance(kind, pl.Datetime)
    ]
    frame = rows.with_columns(days).rename(
        {name: new for name, new in _SAME.items() if name in rows.columns and new not in rows.columns}
    )
    if frame.schema.get("newly_hot") == pl.Boolean:
        frame = frame.with_columns(newly_hot=pl.when("newly_hot").then(pl.lit("yes")))
    return frame


# --- writing call lists


def _written(
    run: RunData,
    rows: pl.DataFrame,
    heading: str,
    headers: Mapping[str, str] | None = None,
    *,
    further: Sequence[Sheet] = (),
) -> bytes:
    layout = _Layout(
        run=run,
        title=f"{heading}, {whole_date(run.as_of.date())}",
        headers={name: column.header for name, column in COLUMNS.items()} | _HEADERS | dict(headers or {}),
    )
    sheets = [Sheet(ALL, rows), *by_owner(rows), *further]
    return made(sheets, lambda book: _Filler(book, layout).fill, at=run.record.as_of)


class _Layout(Struct, frozen=True):
    """What the sheets of a workbook share: the run, the page heading, and the headers of columns."""

    run: RunData
    title: str
    headers: Mapping[str, str]


class _Filler:
    """Lays out the sheets of one workbook."""

    def __init__(self, book: Workbook, layout: _Layout) -> None:
        """Add the formats that all sheets share."""
        self._add = book.add_format
        self._layout = layout
        header = {"bold": True, "bottom": 1, "valign": "top", "bg_color": "#F3EFE8"}
        self._header = self._add(header)
        self._centered = self._add(header | {"align": "center"})
        self._known: dict[tuple[str, str], Formats] = {}

    def fill(self, sheet: Worksheet, rows: pl.DataFrame) -> None:
        """Write the rows of a sheet, with places numbered from 1."""
        hot = rows[_HOT] if _HOT in rows.columns else None
        rows = rows.drop(_HOT, strict=False)
        if PLACE in rows.columns:
            rows = rows.with_columns(pl.int_range(1, pl.len() + 1).alias(PLACE))
        sheet_rows = SheetRows(rows, self._layout.run.zone)
        cells = sheet_rows.cells()
        formats = [self._formats(name, cells[name]) for name in cells.columns]
        widths = []
        for place, name in enumerate(cells.columns):
            title = self._layout.headers.get(name, name)
            column = COLUMNS.get(name)
            widths.append(width_of(title, cells[name], _WIDEST) if column is None else column.width)
            sheet.set_column(place, place, widths[-1], formats[place].of_column(sheet_rows, name))
            centered = column is not None and column.look.get("align") == "center"
            sheet.write_string(0, place, title, self._centered if centered else self._header)
        self._set_page(sheet, cells)
        self._write(sheet, cells, formats, widths, hot)

    def _formats(self, name: str, cells: pl.Series) -> Formats:
        """Return the formats of a column's cells, with a hairline below each."""
        column = COLUMNS.get(name)
        points = self._number_format(name, cells) if cells.dtype.is_float() else None
        key = (name if column is not None else "", points or "")
        if key not in self._known:
            look = _BASE | ({} if column is None else dict(column.look))
            numbers = look | ({} if points is None else {"num_format": points})
            add = self._add
            self._known[key] = Formats(
                header=self._header,
                text=add({"num_format": "@"} | look),
                quoted=add({"num_format": "@", "quote_prefix": True} | look),
                link=add({"num_format": "@", **LINK} | look),
                instant=add(look | {"num_format": "d mmm yyyy", "align": "left"}),
                day=add(look | {"num_format": "d mmm yyyy", "align": "left"}),
                number=add(numbers),
            )
        return self._known[key]

    def _number_format(self, name: str, cells: pl.Series) -> str | None:
        """Return the number format of a column of points; a score with only whole values has no decimals."""
        if name == "percentile":
            return None
        decimals = self._layout.run.decimals
        part = f"0.{'0' * decimals}" if decimals else "0"
        if name in ("change", "trend"):
            return f"+{part};-{part};0"
        return "0" if (cells.drop_nulls() % 1 == 0).all() else part

    def _set_page(self, sheet: Worksheet, cells: pl.DataFrame) -> None:
        last = max(cells.width - 1, 0)
        printed = cells.columns.index("score") if WHY in cells.columns else last
        sheet.freeze_panes(1, min(2, last))
        sheet.autofilter(0, 0, cells.height, last)
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{cells.height + 1}"})
        sheet.set_landscape()
        sheet.set_paper(_LETTER if self._layout.run.zone.key.startswith("America/") else _A4)
        sheet.set_margins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        sheet.set_header(f"&L{self._layout.title}&R&A", {"margin": _MARGIN / 2})
        sheet.set_footer("&C&P of &N", {"margin": _MARGIN / 2})
        sheet.print_area(0, 0, cells.height, printed)
        sheet.repeat_rows(0)
        sheet.fit_to_pages(1, 0)

    def _write(
        self,
        sheet: Worksheet,
        cells: pl.DataFrame,
        formats: Sequence[Formats],
        widths: Sequence[float],
        hot: pl.Series | None,
    ) -> None:
        """Write row by row, as streaming requires, with each row as high as its wrapped text.

        The flames of hot contacts are bold and ember: by their number, or by contact under a condition.
        """
        flames = cells.columns.index("flames") if "flames" in cells.columns else -1
        least = self._layout.run.record.hot_flames
        if least is not None and flames >= 0 and not cells.is_empty():
            rule = {"type": "cell", "criteria": ">=", "value": least, "format": self._add(_BURNING)}
            sheet.conditional_format(1, flames, cells.height, flames, rule)
        burning = self._add(_BASE | dict(COLUMNS["flames"].look) | _BURNING)
        burns = hot.to_list() if hot is not None and least is None else [False] * cells.height
        cell = CellWriter(sheet)
        writers = [
            cell.writer(name, kind, formats[place]) for place, (name, kind) in enumerate(cells.schema.items())
        ]
        wrapped = [
            place
            for place, name in enumerate(cells.columns)
            if name in COLUMNS and "text_wrap" in COLUMNS[name].look
        ]
        for number, row in enumerate(cells.iter_rows(), 1):
            lines = max((_height(row[place], widths[place]) for place in wrapped), default=1)
            sheet.set_row(number, _LINE * lines)
            for place, value in enumerate(row):
                if value is None:
                    sheet.write_blank(number, place, None, formats[place].text)
                elif place == flames and burns[number - 1]:
                    sheet.write_number(number, place, value, burning)
                else:
                    writers[place](number, place, value)


def _height(text: str | None, width: float) -> int:
    """Return the number of lines of a text in a cell of this width, `_MOST_LINES` at most."""
    if text is None:
        return 1
    return min(sum(_wrapped(line, width) for line in text.split("\n")), _MOST_LINES)


def _wrapped(line: str, width: float) -> int:
    """Return how many lines a single line of text takes when wrapped at blanks."""
    if terminal_columns(line) <= width:
        return 1
    lines, left = 1, float(width)
    for word in line.split(" "):
        length = float(terminal_columns(word))
        if length > left and left < width:
            lines, left = lines + 1, width
        while length > width:
            lines, length = lines + 1, length - width
        left = max(left - length - 1, 0)
    return lines
