"""Score a project through the package's functions and write every table: what `flamescore score` does."""

from __future__ import annotations

import sys
import tempfile
from datetime import datetime
from pathlib import Path

from flamescore.bind.resolve import bind_rules
from flamescore.exports.load import load, survey
from flamescore.exports.project import load_project
from flamescore.rules.load import load_rules
from flamescore.scoring import score_exports
from flamescore.tables.write import TableSettings, write_tables


def main(config: str, folder: str) -> None:
    """Score, and write the tables into the folder."""
    project = load_project(config)
    settings = project.settings
    assert settings.rules is not None
    rules = load_rules(project.resolve(settings.rules))
    opened = survey(project)
    book = bind_rules(rules, opened.columns).book
    exports = load(opened, zone=book.zone)
    scored = score_exports(book, exports, as_of=datetime.fromisoformat(settings.as_of))
    write_tables(
        Path(folder), scored, exports.rejects, TableSettings(settings.keep, hot_flames=settings.hot_flames)
    )
    opened.close()
    print(scored.observed.seconds, sum(len(rows.contact) for _, rows in scored.ledger.pieces))


if __name__ == "__main__":
    if len(sys.argv) > 2:
        main(sys.argv[1], sys.argv[2])
    else:
        with tempfile.TemporaryDirectory() as place:
            main(sys.argv[1], place)
