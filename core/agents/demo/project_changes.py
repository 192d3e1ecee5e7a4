"""What the script changes in the project's code: new files, and texts that replace others."""

from __future__ import annotations

from .script import Edit, Write

DATES = '''"""A range of days, as it stands in a URL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from . import clock

LAST_DAYS = re.compile(r"last-(\\d{1,3})-days")


@dataclass(frozen=True)
class DateRange:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    @classmethod
    def from_text(cls, text: str) -> DateRange | None:
        """Read `last-7-days` or `2026-03-01..2026-03-31`; anything else is `None`."""
        if relative := LAST_DAYS.fullmatch(text):
            today = clock.today()
            return cls(today - timedelta(days=int(relative[1]) - 1), today)
        first, _, last = text.partition("..")
        try:
            return cls(date.fromisoformat(first), date.fromisoformat(last))
        except ValueError:
            return None

    def __contains__(self, day: date) -> bool:
        """Say whether `day` lies in the range."""
        return self.first <= day <= self.last
'''

TEST_DATES = '''"""The date range filter."""

import unittest
from datetime import date
from unittest.mock import patch

from shop import clock
from shop.dates import DateRange
from shop.filters import Filters
from shop.orders import load_orders
from shop.pages import PAGE_SIZE, list_page
from shop.table import render
from shop.totals import customer_total


class FromText(unittest.TestCase):
    def test_two_days_make_a_range(self) -> None:
        march = DateRange.from_text("2026-03-01..2026-03-31")
        self.assertEqual(march, DateRange(date(2026, 3, 1), date(2026, 3, 31)))

    def test_the_last_days_include_today(self) -> None:
        with patch.object(clock, "today", return_value=date(2026, 3, 9)):
            week = DateRange.from_text("last-7-days")
        self.assertEqual(week, DateRange(date(2026, 3, 3), date(2026, 3, 9)))

    def test_nonsense_is_no_range(self) -> None:
        for text in ("", "march", "2026-03-01", "2026-02-30..2026-03-01"):
            self.assertIsNone(DateRange.from_text(text), text)

    def test_both_filters_count(self) -> None:
        kept = Filters.from_query("status=paid&range=2026-03-01..2026-03-02")
        found = kept.apply(load_orders())
        self.assertEqual({order.placed.day for order in found}, {1, 2})
        self.assertEqual({order.status for order in found}, {"paid"})


class OverMidnight(unittest.TestCase):
    maxDiff = None

    def page_on(self, day: date) -> str:
        with patch.object(clock, "today", return_value=day):
            return list_page("range=last-7-days")

    def test_last_7_days_moves_on_at_midnight(self) -> None:
        self.page_on(date(2026, 3, 8))
        days = DateRange(date(2026, 3, 3), date(2026, 3, 9))
        expected = [order for order in load_orders() if order.placed in days][:PAGE_SIZE]
        self.assertMultiLineEqual(
            render((order, customer_total(order.customer)) for order in expected),
            self.page_on(date(2026, 3, 9)),
        )
'''

FILTER_BY_RANGE = (
    Edit(
        "shop/filters.py",
        "from .orders import STATUSES, Order",
        "from .dates import DateRange\nfrom .orders import STATUSES, Order",
    ),
    Edit(
        "shop/filters.py",
        '''    status: str | None = None

    @classmethod
    def from_query(cls, query: str) -> Filters:
        """Read the filters from a query string; what is not understood is left out."""
        values = dict(parse_qsl(query))
        status = values.get("status")
        return cls(status=status if status in STATUSES else None)

    def matches(self, order: Order) -> bool:
        """Say whether `order` belongs on the page."""
        return self.status is None or order.status == self.status
''',
        '''    status: str | None = None
    days: DateRange | None = None

    @classmethod
    def from_query(cls, query: str) -> Filters:
        """Read the filters from a query string; what is not understood is left out."""
        values = dict(parse_qsl(query))
        status = values.get("status")
        return cls(
            status=status if status in STATUSES else None,
            days=DateRange.from_text(values.get("range", "")),
        )

    def matches(self, order: Order) -> bool:
        """Say whether `order` belongs on the page."""
        if self.status is not None and order.status != self.status:
            return False
        return self.days is None or order.placed in self.days
''',
    ),
)

CACHE_THE_PAGE = (
    Edit(
        "shop/pages.py",
        "import sys\n\nfrom . import orders",
        "import sys\nfrom functools import lru_cache\n\nfrom . import orders",
    ),
    Edit(
        "shop/pages.py",
        "def list_page(query: str) -> str:",
        "@lru_cache(maxsize=64)\ndef list_page(query: str) -> str:",
    ),
)

PAGE_MEMORY = '''"""The page that was made last."""

from __future__ import annotations

from collections.abc import Callable


class PageMemory:
    """Keeps a finished page until another query comes."""

    def __init__(self) -> None:
        self._query: str | None = None
        self._page = ""

    def get(self, query: str, make: Callable[[str], str]) -> str:
        """Return the page for `query`; made anew only when the query has changed."""
        if query != self._query:
            self._query, self._page = query, make(query)
        return self._page
'''

REMEMBER_THE_PAGE = (
    Write("shop/memory.py", PAGE_MEMORY),
    Edit(
        "shop/pages.py",
        "from .filters import Filters\n",
        "from .filters import Filters\nfrom .memory import PageMemory\n",
    ),
    Edit(
        "shop/pages.py",
        '''PAGE_SIZE = 40


def list_page(query: str) -> str:
    """Return the order list for a query such as `status=paid`."""
''',
        '''PAGE_SIZE = 40
MEMORY = PageMemory()


def list_page(query: str) -> str:
    """Return the order list for a query such as `status=paid`."""
    return MEMORY.get(query, make_page)


def make_page(query: str) -> str:
    """Make the order list for a query."""
''',
    ),
)

SUM_ONCE = (
    Edit(
        "shop/totals.py",
        "def weekly_totals() -> dict[str, Decimal]:",
        '''def totals_by_customer(found: list[orders.Order]) -> dict[str, Decimal]:
    """Return what each customer has bought, from orders that are already there."""
    totals: dict[str, Decimal] = {}
    for order in found:
        bought = Decimal(0) if order.status == "returned" else order.total
        totals[order.customer] = totals.get(order.customer, Decimal(0)) + bought
    return totals


def weekly_totals() -> dict[str, Decimal]:''',
    ),
    Edit(
        "shop/pages.py",
        "from .totals import customer_total",
        "from .totals import totals_by_customer",
    ),
    Edit(
        "shop/pages.py",
        """    filters = Filters.from_query(query)
    shown = filters.apply(orders.load_orders())[:PAGE_SIZE]
    return render((order, customer_total(order.customer)) for order in shown)
""",
        """    found = orders.load_orders()
    so_far = totals_by_customer(found)
    shown = Filters.from_query(query).apply(found)[:PAGE_SIZE]
    return render((order, so_far[order.customer]) for order in shown)
""",
    ),
)

TEST_READS = '''"""How often a page reads the data file."""

import unittest
from unittest.mock import patch

from shop import orders
from shop.pages import list_page
from shop.totals import customer_total, totals_by_customer


class Reads(unittest.TestCase):
    def test_a_page_reads_the_data_file_once(self) -> None:
        with patch.object(orders, "load_orders", wraps=orders.load_orders) as load:
            list_page("range=2026-03-01..2026-03-09")
        self.assertEqual(load.call_count, 1)

    def test_both_ways_to_sum_agree(self) -> None:
        totals = totals_by_customer(orders.load_orders())
        for customer in list(totals)[:3]:
            self.assertEqual(totals[customer], customer_total(customer))
'''
