"""Pages of lists among millions of rows, without counting them all."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import pgettext

from interviewdata.common.sql import fetch_one, is_postgresql

# Counting further, and turning pages further, takes longer than any answer is worth: whoever
# looks for a row beyond them filters or searches.
MOST_COUNTED = 10_000


class HousePaginator(Paginator):
    """Counts to MOST_COUNTED; for a whole table on PostgreSQL its planner knows about how many.

    `said` stands before the number, in the reader's language: nothing, "about" or "more than".
    """

    said = ""

    @cached_property
    def count(self) -> int:
        """One statement, which touches at most MOST_COUNTED + 1 rows that the filters let through;
        another one for a long table that is not filtered."""
        rows: Any = self.object_list
        counted: int = rows.order_by().values("pk")[: MOST_COUNTED + 1].count()
        if counted <= MOST_COUNTED:
            return counted
        if is_postgresql(rows.db) and not rows.query.where:
            found = fetch_one(
                "SELECT reltuples::bigint FROM pg_class WHERE oid = to_regclass(%s::text)",
                [rows.model._meta.db_table],
                rows.db,
            )
            if found and found[0] > MOST_COUNTED:
                self.said = pgettext("before a number", "about")
                return int(found[0])
        self.said = pgettext("before a number", "more than")
        return MOST_COUNTED

    @cached_property
    def num_pages(self) -> int:
        shown = min(self.count, MOST_COUNTED)
        return max(1, math.ceil(shown / self.per_page))
