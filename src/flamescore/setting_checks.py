"""Values of `rename`, `leave_out` and `cut` that no row has, and settings without effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.exports import SettingValue
from flamescore.findings import Finding, Severity, is_private, mapping, near, scalar, severity_of
from flamescore.project import HOT
from flamescore.text import fold
from flamescore.units import count

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.exports import Unused
    from flamescore.inputs import Inputs
    from flamescore.project import Project, Source

MISSPELT, UNUSED = "P111", "P112"


def check_settings(inputs: Inputs) -> tuple[Finding, ...]:
    """Return the findings about values that the project file itself names, in order of its sources.

    Values named by a preset are not checked, nor is the empty text, which means a missing cell.

    Raises:
        InputError: a file can no longer be read.
    """
    return tuple(_findings(inputs))


def hot_set_aside(project: Project) -> Iterator[Finding]:
    """Yield a note if a flag or a variable overrides `hot` of the project file."""
    if project.hot_set_aside:
        flames = count(project.settings.hot_flames, "flame")
        reason = f"a flag or variable says that {flames} make a lead hot"
        text = f"{reason}, so `hot` of the project file does not count."
        yield Finding("R187", Severity.NOTE, "hot", text, project.place(project.where(*HOT, key=True)))


def _findings(inputs: Inputs) -> Iterator[Finding]:
    look, settings = inputs.exports.unused, inputs.project.settings
    if look is None or inputs.project.document is None:
        return
    for kind in ("contacts", "events", "tag_history", "opportunities"):
        for number, spec in enumerate(getattr(settings, kind)):
            named = tuple(_named(inputs.project, kind, number, spec))
            for each in look(kind, number, named) if named else ():
                yield _finding(inputs.project, kind, number, spec, each)


def _named(project: Project, kind: str, number: int, spec: Source) -> Iterator[SettingValue]:
    """Yield the values that the file itself names."""
    for column, values in spec.rename.items():
        if _is_written(project, kind, number, "rename", column):
            yield from (SettingValue("rename", column, value) for value in values if fold(value))
    for column, cells in spec.leave_out.items():
        if _is_written(project, kind, number, "leave_out", column):
            yield from (SettingValue("leave_out", column, value) for value in cells if value != "")
    for column, text in spec.cut.items():
        if _is_written(project, kind, number, "cut", column):
            yield SettingValue("cut", column, text)


def _is_written(project: Project, *path: str | int) -> bool:
    return project.document is not None and project.document.root.at(path) is not None


def _finding(project: Project, kind: str, number: int, spec: Source, unused: Unused) -> Finding:
    setting, cells = unused.setting, unused.cells
    key, column, value = setting.key, setting.column, setting.value
    text = value if isinstance(value, str) else str(value).lower()
    others: set[str] = set()
    if key == "rename":  # the results of the other entries are expected too
        entries = spec.rename[column]
        others = {fold(each) for each in (*entries, *entries.values())}
    if key == "leave_out":
        others = {fold(each) for each in spec.leave_out[column] if isinstance(each, str)}
    nearest: tuple[tuple[str, int], ...] = ()
    if isinstance(value, str):
        nearest = near(text, cells, pieces=key == "cut", taken=lambda each: fold(each) in others)
    hidden = is_private(column)
    what = {
        "rename": f"`rename` gives `{text}` of `{column}` another name",
        "leave_out": f"`leave_out` names `{text}` of `{column}`",
        "cut": f"`cut` takes `{text}` off `{column}`",
    }[key]
    has = "begins with it" if key == "cut" else "has it"
    code = MISSPELT if nearest else UNUSED
    steps = (key, column, value) if key == "rename" else (key, column)
    where = project.where(kind, number, *steps, key=key == "rename")
    return Finding(
        code,
        severity_of(code),
        f"{kind} {spec.path} {column}",
        f"{what}, and no cell {has}.",
        project.place(where),
        count=0,
        of=sum(cells.values()),
        nearest=() if hidden else nearest,
        cure=None if hidden or not nearest else _cure(spec, setting, nearest[0][0]),
    )


def _cure(spec: Source, setting: SettingValue, instead: str) -> str:
    """Return the key with the value's entry corrected; the column's other entries are kept."""
    column = setting.column
    if setting.key == "rename":
        entries = {
            instead if old == setting.value else old: scalar(new) for old, new in spec.rename[column].items()
        }
        return f"rename: {mapping({column: mapping(entries)})}"
    if setting.key == "cut":
        return f"cut: {mapping({column: scalar(instead)})}"
    values = [instead if each == setting.value else each for each in spec.leave_out[column]]
    shown = [scalar(each) if isinstance(each, str) else str(each).lower() for each in values]
    listed = shown[0] if len(shown) == 1 else f"[{', '.join(shown)}]"
    return f"leave_out: {mapping({column: listed})}"
