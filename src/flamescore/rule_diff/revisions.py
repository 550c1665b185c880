"""Rule files of an earlier revision: `git:main:rules/keap.yaml`, with the lists of that revision."""

from __future__ import annotations

import posixpath
import subprocess
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from flamescore.errors import Problem, UsageError
from flamescore.exports import ListFiles
from flamescore.rules import ListRefusedError, ListValues, load_rules, load_rules_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flamescore.rules import LoadedRules

PREFIX: Final = "git:"
NO_REVISION: Final = "D001"


@contextmanager
def loaded(where: str) -> Iterator[LoadedRules]:
    """Load a rule file from disk or, for `git:REV:PATH`, from a revision.

    The files of its lists exist only within the block.

    Raises:
        UsageError: D001, git is missing, or there is no such revision or no such file in it.
        RuleFileError: the file is invalid.
    """
    if not where.startswith(PREFIX):
        path = Path(where)
        yield load_rules(path, ListFiles(path.parent))
        return
    _, revision, path_there = (*where.split(":", 2), "", "")[:3]
    if not revision or revision.startswith("-") or not path_there:
        hint = "Write `git:REVISION:FILE`, such as `git:main:rules/keap.yaml`."
        raise UsageError(Problem(NO_REVISION, f"`{where}` names no file of a revision.", hint=hint))
    text = _shown(revision, path_there)
    if isinstance(text, str):
        raise UsageError(Problem(NO_REVISION, f"`{where}` can't be read: {text}"))
    with TemporaryDirectory(prefix="flamescore-") as folder:
        lists = _ListsOfRevision(revision, posixpath.dirname(path_there), Path(folder))
        yield load_rules_text(text.decode("utf-8", "surrogateescape"), where, lists)


def _shown(revision: str, path: str) -> bytes | str:
    """Return the bytes of a file of a revision or, as text, the reason why it can't be read."""
    command = ["git", "show", f"{revision}:./{path}"]
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - no shell reads it
    except OSError:
        return "git is not installed, or this is not a repository."
    if done.returncode == 0:
        return done.stdout
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else "git says no more."


class _ListsOfRevision:
    """The lists that a rule file of a revision names, copied to a temporary folder."""

    def __init__(self, revision: str, beside: str, folder: Path) -> None:
        self._revision, self._beside, self._folder = revision, beside, folder

    def values(self, path: str, column: str | None) -> ListValues:
        """Return the values of a list, whose path is relative to the rule file.

        A list with an absolute path is read from disk, in its current version.

        Raises:
            ListRefusedError: the revision does not have it, or it is damaged.
        """
        if Path(path).is_absolute():
            return ListFiles(Path()).values(path, column)
        data = _shown(self._revision, posixpath.normpath(posixpath.join(self._beside, path)))
        if isinstance(data, str):
            raise ListRefusedError("R160", f"The list `{path}` can't be read: {data}")
        folder = self._folder / sha256(path.encode()).hexdigest()
        folder.mkdir(exist_ok=True)
        (folder / Path(path).name).write_bytes(data)
        found = ListFiles(folder).values(Path(path).name, column)
        return ListValues(found, path=path, column=column, hash=found.hash, size=found.size, file=found.file)
