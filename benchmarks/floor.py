"""The floor that nobody can beat: count the events of each contact, streaming, over the whole file.

python benchmarks/floor.py M shuffled
"""

from __future__ import annotations

import sys

from data import Dataset


def main(size: str, variant: str) -> None:
    """Count, and print how many contacts there are."""
    print(Dataset(size, variant).scan().group_by("contact_id").len().collect(engine="streaming").height)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
