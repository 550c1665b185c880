"""A published run that is not as it was written: the one error that every reader of runs tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flamescore.errors import InputError, Problem

if TYPE_CHECKING:
    from pathlib import Path


class DamagedRunError(InputError):
    """A file of a run is missing or not as it was published. `why` goes on from the name of the file."""

    def __init__(self, folder: Path, file: str, why: str) -> None:
        self.folder = folder
        self.file = file
        self.why = why
        text = f"run {folder.name} is damaged: {file}; choose another with --run, or score again"
        super().__init__(Problem("O005", text, hint=f"{folder / file} {why}."))


def refused(error: OSError) -> str:
    """Say why the system does not give a file."""
    if isinstance(error, FileNotFoundError):
        return "is missing"
    return f"can't be read: {error.strerror or type(error).__name__}"
