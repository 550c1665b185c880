"""Write-backs as they are made, with the source of each column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from flamescore.project import crm_column

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flamescore.project import CrmColumn, CrmFormat, CrmKey, Project, WriteBack


class Export(Struct, frozen=True):
    """A write-back: `settings` as in the project file, `columns` in the same order."""

    name: str
    settings: WriteBack
    columns: tuple[CrmColumn, ...]

    @property
    def crm(self) -> CrmFormat:
        """Return the CRM's format."""
        return self.settings.crm

    @property
    def key(self) -> CrmKey:
        """Return the key by which the CRM identifies contacts."""
        return self.settings.crm_key

    @property
    def scores(self) -> tuple[str, ...]:
        """Return the distinct scores that the columns name."""
        return tuple(dict.fromkeys(each.of for each in self.columns if each.kind == "measure"))

    @property
    def routes(self) -> bool:
        """Return whether it writes which rep a contact is routed to: it then only has routed contacts."""
        return any(each.kind == "routed_to" for each in self.columns)


def exports_of(project: Project, scores: Sequence[str]) -> tuple[Export, ...]:
    """Return the write-backs of a project; `scores` are those of the rule book, the default one first.

    Whatever they name must exist (`project.unknown_in_write_backs`).
    """
    return tuple(
        Export(
            name,
            settings,
            tuple(crm_column(ours, header, scores) for ours, header in settings.columns.items()),
        )
        for name, settings in project.settings.write_back.items()
    )
