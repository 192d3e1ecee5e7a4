"""The tests of the small project that the demo works on, as they stand when it begins."""

from __future__ import annotations

INIT = ""

TEST_ORDERS = '''"""Reading the data file."""

import tempfile
import unittest
from datetime import date
from decimal import Decimal
from pathlib import Path

from shop.orders import STATUSES, load_orders

SAMPLE = """number,placed,customer,status,items,total,channel
1,2026-01-01,Ada Fenwick,paid,2,10.00,web
2,2026-01-03,Ivo Brandt,new,1,7.50,shop
3,2026-01-02,Ada Fenwick,returned,4,99.90,web
"""


class LoadOrders(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = Path(folder.name) / "orders.csv"
        self.path.write_text(SAMPLE, encoding="utf-8")

    def test_newest_first(self) -> None:
        self.assertEqual([order.number for order in load_orders(self.path)], [2, 3, 1])

    def test_fields_have_their_types(self) -> None:
        newest = load_orders(self.path)[0]
        self.assertEqual(newest.placed, date(2026, 1, 3))
        self.assertEqual(newest.total, Decimal("7.50"))

    def test_the_data_file_is_sound(self) -> None:
        found = load_orders()
        self.assertEqual(len({order.number for order in found}), len(found))
        self.assertLessEqual({order.status for order in found}, set(STATUSES))
'''

TEST_TABLE = '''"""The HTML table."""

import unittest
from datetime import date
from decimal import Decimal

from shop.orders import Order
from shop.table import COLUMNS, render, row

ORDER = Order(7, date(2026, 1, 5), "Bo & Söhne", "paid", 3, Decimal("1204.1"), "web")


class Table(unittest.TestCase):
    def test_names_are_escaped(self) -> None:
        self.assertIn("Bo &amp; Söhne", row(ORDER, Decimal(0)))

    def test_money_has_two_decimals_and_thousands(self) -> None:
        self.assertIn("<td>1,204.10</td>", row(ORDER, Decimal(0)))

    def test_a_row_has_a_cell_for_each_column(self) -> None:
        self.assertEqual(row(ORDER, Decimal(0)).count("<td>"), len(COLUMNS))

    def test_an_empty_table_keeps_its_head(self) -> None:
        self.assertIn("<thead>", render([]))
'''

TEST_FILTERS = '''"""Filters come from the URL and from nowhere else."""

import unittest

from shop.filters import Filters
from shop.orders import load_orders


class FromQuery(unittest.TestCase):
    def test_no_query_shows_everything(self) -> None:
        found = load_orders()
        self.assertEqual(Filters.from_query("").apply(found), found)

    def test_status_is_read(self) -> None:
        self.assertEqual(Filters.from_query("status=paid").status, "paid")

    def test_an_unknown_status_is_left_out(self) -> None:
        self.assertIsNone(Filters.from_query("status=lost").status)

    def test_only_matching_orders_are_kept(self) -> None:
        kept = Filters(status="new").apply(load_orders())
        self.assertEqual({order.status for order in kept}, {"new"})
'''

TEST_PAGES = '''"""The order list as a page."""

import unittest

from shop.pages import PAGE_SIZE, list_page


class ListPage(unittest.TestCase):
    def test_a_page_is_not_longer_than_its_size(self) -> None:
        self.assertEqual(list_page("").count("<tr class="), PAGE_SIZE)

    def test_the_status_filter_is_honoured(self) -> None:
        page = list_page("status=returned")
        self.assertIn('<tr class="returned">', page)
        self.assertNotIn('<tr class="paid">', page)
'''
