"""The commands that the benchmarks run: the product, their own scripts, and plain Python."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data import FOLDER

if TYPE_CHECKING:
    from collections.abc import Sequence

Command = list[str]

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parent
PLACE: Final = FOLDER / f"bench-{os.getpid()}"
"""The working folder of one benchmark process, created at its start and deleted at its end."""

OUT: Final = PLACE / "out"
PRODUCT: Final = [sys.executable, "-m", "flamescore"]


def product(*words: str) -> Command:
    """Return a command of the product."""
    return [*PRODUCT, *words]


def python(script: str, *words: str) -> Command:
    """Return the command that runs a benchmark script."""
    return [sys.executable, str(HERE / script), *words]


def code(text: str) -> Command:
    """Return the command that runs a line of Python."""
    return [sys.executable, "-c", text]


def score(config: Path) -> Command:
    """Return the command that scores a project, writing every table and the report."""
    return product("score", "--quiet", "--config", str(config))


def published(config: Path) -> Path:
    """Return the folder of a project's latest run."""
    return OUT / config.stem.removeprefix("flamescore-") / "latest"


def shown(command: Sequence[str]) -> str:
    """Return a command as one would type it in the project's folder."""
    words = shlex.join(["python", *command[1:]])
    return words.replace(f"{HERE}/", "benchmarks/").replace(PLACE.name, "bench")
