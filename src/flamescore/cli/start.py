"""Where the program starts: it hears signals before it imports anything that takes time."""

from __future__ import annotations

import sys

from flamescore import stopping


def main() -> None:
    """Run the program, and leave with its exit code."""
    stopping.listen()
    from flamescore.cli.main import run  # noqa: PLC0415 - typer takes time to import

    code = run(sys.argv[1:])
    stopping.deafen()
    sys.exit(code)
