"""HTML pages for people: Markdown with charts in between, each chart with its numbers in a table."""

from __future__ import annotations

from flamescore.pages.charts import CHARTS, Chart, can_draw, drawn
from flamescore.pages.page import page
from flamescore.pages.tables import table

__all__ = ["CHARTS", "Chart", "can_draw", "drawn", "page", "table"]
