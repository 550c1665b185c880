"""`flamescore`, paused after writing the tables until a file appears: for tests of signals and locks."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import flamescore.nightly
from flamescore.cli.start import main


def hold_up(marker: Path) -> None:
    write = flamescore.nightly.write_tables

    def slow(*args: object) -> object:
        written = write(*args)
        marker.touch()
        while not marker.with_suffix(".go").exists():
            time.sleep(0.01)
        return written

    flamescore.nightly.write_tables = slow


if __name__ == "__main__":
    hold_up(Path(sys.argv.pop(1)))
    main()
