"""The key `write_back` of the project file: files that a CRM imports."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from msgspec import Struct

from flamescore.project.crm_formats import KEYS, ROWS, SIZE, CrmFormat, CrmKey, all_formats
from flamescore.project.names import by_name
from flamescore.project.reading import Section, setting, shape_of
from flamescore.project.values import TEXT, of_text, whole
from flamescore.schema_reader import At, ValueType, mapped
from flamescore.yaml_tree import nearest_or_use

_DAY_FORMAT: Final = re.compile(r"(?:[^%]|%[-_0]?[YymdeBbhjFDaA%])*")


def _format(at: At) -> str:
    known = all_formats()
    name = at.node.scalar
    if not isinstance(name, str) or name not in known:
        hint = nearest_or_use(str(name), known)
        at.refuse("P023", f"{at.label} must be a format, not {at.node.shown()}.", hint)
    return name


class KeyColumn(Struct, frozen=True):
    """The contact column used as the key, and its header in the file (None: the format's)."""

    column: str
    header: str | None = None


def _key(at: At) -> KeyColumn:
    """Read `contact_id`, `email`, or one of them with a header: `{contact_id: Their Id}`."""
    known = f"{' or '.join(f'`{each}`' for each in KEYS)}, or one of them with its header"
    if at.node.kind == "mapping" and len(at.keys) == 1 and at.keys[0] in KEYS:
        return KeyColumn(at.keys[0], TEXT(at.children[0]))
    if at.node.scalar not in KEYS:
        at.wrong(known)
    return KeyColumn(str(at.node.scalar))


def _dates(text: str) -> str:
    parts = {each.lstrip("%-_0") for each in re.findall(r"%[-_0]?[A-Za-z]", text)}
    whole_day = parts & set("FD") or (
        parts & set("Yy") and (parts & set("j") or (parts & set("mBbh") and parts & set("de")))
    )
    if _DAY_FORMAT.fullmatch(text) is None or not whole_day:
        msg = f"must be a format of a whole day, such as `%m/%d/%Y`, not `{text}`"
        raise ValueError(msg)
    return text


_KEY_SCHEMA: Final = {
    "anyOf": [
        {"enum": list(KEYS)},
        {
            "type": "object",
            "properties": {each: {"type": "string"} for each in KEYS},
            "additionalProperties": False,
            "minProperties": 1,
            "maxProperties": 1,
        },
    ]
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteBack(Section):
    """A file to import into a CRM: its contacts, their key, and the columns."""

    format: str = setting(
        ValueType(_format, {"type": "string"}, "name of a format"), "the format that the CRM's import takes"
    )
    columns: dict[str, str] = setting(
        mapped(TEXT, least=1, words="column: header"), "our columns, and the CRM's fields they go into"
    )
    segment: str | None = setting(
        TEXT, "the segment whose rows it has; by default everyone who is scored", None
    )
    key: KeyColumn | None = setting(
        ValueType(_key, _KEY_SCHEMA, "`contact_id` or `email`, or one with its header"),
        "how the CRM identifies contacts; by default the format's first key",
        None,
    )
    round: int = setting(whole(0, 4), "the decimals of `score` and `percent_of_ideal`", 0)
    dates: str = setting(of_text("format", _dates), "the format of dates", "%Y-%m-%d")
    max_rows: int | None = setting(ROWS, "the maximum of rows per file; by default the format's", None)
    max_bytes: int | None = setting(SIZE, "the maximum size of a file; by default the format's", None)

    @property
    def crm(self) -> CrmFormat:
        """Return the CRM format of the write-back."""
        return all_formats()[self.format]

    @property
    def crm_key(self) -> CrmKey:
        """Return the key of the format; if it has no key for the column, return one without a `shape`."""
        if self.key is None:
            return self.crm.keys[0]
        found = self.crm.key(self.key.column) or CrmKey(column=self.key.column, header=self.key.column)
        return found if self.key.header is None else found.with_keys(header=self.key.header)


WRITE_BACKS: Final = by_name(shape_of(WriteBack).type, lambda _, export: export, words="name: keys")
