"""The entry point: it installs signal handlers before it imports anything slow."""

from __future__ import annotations

import sys

from flamescore import stopping


def main() -> None:
    """Run the program, and exit with its exit code."""
    stopping.listen()
    from flamescore.cli.main import run  # noqa: PLC0415 - typer takes time to import

    code = run(sys.argv[1:])
    stopping.deafen()
    sys.exit(code)
