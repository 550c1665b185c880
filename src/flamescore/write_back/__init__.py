"""Files for the CRM: what it does not know yet of scores and segments, and how that is undone."""

from __future__ import annotations

from flamescore.write_back.cells import Cells, Leads, cells_of, ranked, rounded_points
from flamescore.write_back.changed import DELIVERED, ROWS, Changed, changed, laid_over, taken_back
from flamescore.write_back.columns import Column, Export, exports_of
from flamescore.write_back.csv_files import CsvPart, csv_parts
from flamescore.write_back.delivery import Delivery, deliver, forget, read_delivered, undo
from flamescore.write_back.files import (
    FOLDER,
    RECORD_FILE,
    ROWS_FILE,
    import_request,
    read_waiting,
    write_files,
)

__all__ = [
    "DELIVERED",
    "FOLDER",
    "RECORD_FILE",
    "ROWS",
    "ROWS_FILE",
    "Cells",
    "Changed",
    "Column",
    "CsvPart",
    "Delivery",
    "Export",
    "Leads",
    "cells_of",
    "changed",
    "csv_parts",
    "deliver",
    "exports_of",
    "forget",
    "import_request",
    "laid_over",
    "ranked",
    "read_delivered",
    "read_waiting",
    "rounded_points",
    "taken_back",
    "undo",
    "write_files",
]
