"""What is going on, on a terminal alone."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from flamescore.text import for_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Give a function that shows the present step on stderr; off a terminal it says nothing."""
    from rich.console import Console  # noqa: PLC0415 - rich takes time to import
    from rich.text import Text  # noqa: PLC0415

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda _: None
        return
    with console.status(Text("Starting")) as status:
        yield lambda step: status.update(Text(for_log(step)))
