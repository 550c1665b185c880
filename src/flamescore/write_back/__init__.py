"""Files for the CRM: changes in scores and segments that it has not imported yet, and files to undo them."""

from __future__ import annotations

from flamescore.write_back.cells import Cells, Leads, cells_of, rounded_points
from flamescore.write_back.changed import ROWS, Changed, after_import, after_undo, changed
from flamescore.write_back.columns import Export, exports_of
from flamescore.write_back.compute import WriteBack, work_out
from flamescore.write_back.csv_files import CsvPart, csv_parts
from flamescore.write_back.delivery import Delivery, deliver, forget, undo
from flamescore.write_back.files import (
    FOLDER,
    RECORD_FILE,
    ROWS_FILE,
    import_request,
    read_waiting,
    write_files,
)

__all__ = [
    "FOLDER",
    "RECORD_FILE",
    "ROWS",
    "ROWS_FILE",
    "Cells",
    "Changed",
    "CsvPart",
    "Delivery",
    "Export",
    "Leads",
    "WriteBack",
    "after_import",
    "after_undo",
    "cells_of",
    "changed",
    "csv_parts",
    "deliver",
    "exports_of",
    "forget",
    "import_request",
    "read_waiting",
    "rounded_points",
    "undo",
    "work_out",
    "write_files",
]
