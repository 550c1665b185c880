"""Files for the CRM: changes in scores and segments that it has not imported yet, and files to undo them."""

from __future__ import annotations

from flamescore.write_back.cells import Cells, Leads, cells_of, rounded_points
from flamescore.write_back.changed import ROWS, Changed, changed, laid_over, taken_back
from flamescore.write_back.columns import Export, exports_of
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
from flamescore.write_back.working_out import WriteBack, work_out

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
    "cells_of",
    "changed",
    "csv_parts",
    "deliver",
    "exports_of",
    "forget",
    "import_request",
    "laid_over",
    "read_waiting",
    "rounded_points",
    "taken_back",
    "undo",
    "work_out",
    "write_files",
]
