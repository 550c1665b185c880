"""Where the real exports are, and project files for them; the exports are not part of this repository."""

import os
from pathlib import Path

import pytest

REAL = Path(os.environ.get("FLAMESCORE_REAL_DATA") or Path(__file__).parents[2] / "shared" / "data")

NEEDED = [
    pytest.mark.real,
    pytest.mark.skipif(not REAL.is_dir(), reason="the real exports are not here"),
]
"""The marks of a test that reads the real exports."""

EDUCATION = "contacts: [{{path: {path}, columns: {{contact_id: Prospect ID}}}}]\n"
GROCER = """\
contacts: [{{path: {folder}/demographics.csv, columns: {{contact_id: household_id}}}}]
events:
  - path: {folder}/transactions_sample.{kind}
    columns: {{contact_id: household_id, at: transaction_timestamp}}
    constants: {{event: basket}}
  - path: {folder}/coupon_redemptions.csv
    columns: {{contact_id: household_id, at: redemption_date}}
    constants: {{event: redemption}}
"""


def education(name: str = "lead_scoring") -> str:
    return EDUCATION.format(path=REAL / "x_education" / f"{name}.csv")


def grocer(kind: str) -> str:
    return GROCER.format(folder=REAL / "completejourney", kind=kind)


def strangers() -> tuple[str, str]:
    """Return the customers and the orders of CDNOW as CSV; the file itself has no delimiter."""
    lines = [line.split() for line in (REAL / "cdnow" / "CDNOW_master.txt").read_text().splitlines()[1:]]
    orders = [cells for cells in lines if cells]
    ids = dict.fromkeys(cells[0] for cells in orders)
    return (
        "contact_id\n" + "".join(f"{each}\n" for each in ids),
        "contact_id,at,cds,amount\n" + "".join(",".join(cells) + "\n" for cells in orders),
    )
