"""The source files of the small project that the demo works on: an order dashboard.

The code is real. It runs, it has a real weakness (`customer_total` reads the data file once for
every row of a page), and the demo finds and repairs it.
"""

from __future__ import annotations

INIT = '"""A small order dashboard: pages, filters, totals."""\n'

CLOCK = '''"""What day it is. The only module that asks."""

from datetime import date


def today() -> date:
    """Return the current day, as the shop counts days."""
    return date.today()
'''

ORDERS = '''"""Orders, as the data file has them."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

DATA = Path(__file__).parent.parent / "data" / "orders.csv"
STATUSES = ("new", "paid", "shipped", "returned")


@dataclass(frozen=True)
class Order:
    """One order; `total` is in euros."""

    number: int
    placed: date
    customer: str
    status: str
    items: int
    total: Decimal
    channel: str


def load_orders(path: Path = DATA) -> list[Order]:
    """Return every order of the data file, newest first."""
    with path.open(newline="", encoding="utf-8") as lines:
        found = [order_of(row) for row in csv.DictReader(lines)]
    return sorted(found, key=lambda order: (order.placed, order.number), reverse=True)


def order_of(row: dict[str, str]) -> Order:
    """Return the order in one line of the data file."""
    return Order(
        number=int(row["number"]),
        placed=date.fromisoformat(row["placed"]),
        customer=row["customer"],
        status=row["status"],
        items=int(row["items"]),
        total=Decimal(row["total"]),
        channel=row["channel"],
    )
'''

FILTERS = '''"""What part of the orders a page shows. The URL query is the only source of it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from .orders import STATUSES, Order


@dataclass(frozen=True)
class Filters:
    """The filters of one page; `None` means "all of them"."""

    status: str | None = None

    @classmethod
    def from_query(cls, query: str) -> Filters:
        """Read the filters from a query string; what is not understood is left out."""
        values = dict(parse_qsl(query))
        status = values.get("status")
        return cls(status=status if status in STATUSES else None)

    def matches(self, order: Order) -> bool:
        """Say whether `order` belongs on the page."""
        return self.status is None or order.status == self.status

    def apply(self, found: list[Order]) -> list[Order]:
        """Return the orders that belong on the page, in their order."""
        return [order for order in found if self.matches(order)]
'''

TOTALS = '''"""Sums over orders."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from . import orders


def customer_total(customer: str) -> Decimal:
    """Return what a customer has bought so far; returned orders do not count."""
    return sum(
        (
            order.total
            for order in orders.load_orders()
            if order.customer == customer and order.status != "returned"
        ),
        Decimal(0),
    )


def weekly_totals() -> dict[str, Decimal]:
    """Return the turnover of each ISO week, oldest first."""
    weeks: Counter[str] = Counter()
    for order in orders.load_orders():
        year, week, _ = order.placed.isocalendar()
        weeks[f"{year}-W{week:02}"] += order.total
    return dict(sorted(weeks.items()))
'''

TABLE = '''"""Orders as an HTML table."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from html import escape

from .orders import Order

COLUMNS = ("number", "placed", "customer", "status", "items", "total", "so far", "channel")


def render(rows: Iterable[tuple[Order, Decimal]]) -> str:
    """Return the table for orders, each with what its customer has bought so far."""
    head = "".join(f"<th>{column}</th>" for column in COLUMNS)
    body = "\\n".join(row(order, so_far) for order, so_far in rows)
    return f"<table>\\n<thead><tr>{head}</tr></thead>\\n<tbody>\\n{body}\\n</tbody>\\n</table>"


def row(order: Order, so_far: Decimal) -> str:
    """Return one line of the table."""
    cells = (
        str(order.number),
        order.placed.isoformat(),
        escape(order.customer),
        order.status,
        str(order.items),
        f"{order.total:,.2f}",
        f"{so_far:,.2f}",
        order.channel,
    )
    inner = "".join(f"<td>{cell}</td>" for cell in cells)
    return f\'<tr class="{order.status}">{inner}</tr>\'
'''

PAGES = '''"""The pages of the dashboard."""

from __future__ import annotations

import sys

from . import orders
from .filters import Filters
from .table import render
from .totals import customer_total

PAGE_SIZE = 40


def list_page(query: str) -> str:
    """Return the order list for a query such as `status=paid`."""
    filters = Filters.from_query(query)
    shown = filters.apply(orders.load_orders())[:PAGE_SIZE]
    return render((order, customer_total(order.customer)) for order in shown)


if __name__ == "__main__":
    print(list_page(sys.argv[1] if len(sys.argv) > 1 else ""))
'''

BENCH = '''"""How long a visit to a page takes, and how often it reads the data file."""

from __future__ import annotations

from time import perf_counter
from unittest.mock import patch

from . import orders
from .pages import list_page

QUERIES = ("", "status=paid")
VISITS = 3


def main() -> None:
    """Print one line for each query, and the mean of all visits."""
    spent = []
    with patch.object(orders, "load_orders", wraps=orders.load_orders) as load:
        for query in QUERIES:
            load.reset_mock()
            begin = perf_counter()
            for _ in range(VISITS):
                list_page(query)
            spent.append((perf_counter() - begin) * 1000 / VISITS)
            reads = load.call_count / VISITS
            print(f"{query or '(all)':<30} {spent[-1]:7.1f} ms {reads:6.1f} reads of the data file")
    print(f"{'mean':<30} {sum(spent) / len(spent):7.1f} ms")


if __name__ == "__main__":
    main()
'''

EXPORT = '''"""The order list as CSV, for the bookkeeper."""

from __future__ import annotations

import csv
import sys
from typing import TextIO

from . import orders

FIELDS = ("number", "placed", "customer", "status", "items", "total", "channel")


def export(out: TextIO) -> int:
    """Write every order to `out` and return how many there were."""
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    found = orders.load_orders()
    writer.writerows([getattr(order, field) for field in FIELDS] for order in found)
    return len(found)


if __name__ == "__main__":
    export(sys.stdout)
'''

REPORT = '''"""Turnover by week and by customer, as plain text."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from . import orders
from .totals import weekly_totals

WIDTH = 40


def bar(value: Decimal, largest: Decimal) -> str:
    """Return a bar for `value` on the scale of `largest`."""
    return "#" * int(WIDTH * value / largest)


def main() -> None:
    """Print both tables."""
    weeks = weekly_totals()
    largest = max(weeks.values())
    for week, total in weeks.items():
        print(f"{week}  {total:>10,.2f}  {bar(total, largest)}")
    print()
    customers: Counter[str] = Counter()
    for order in orders.load_orders():
        customers[order.customer] += order.total
    for customer, total in customers.most_common():
        print(f"{customer:<22} {total:>10,.2f}")


if __name__ == "__main__":
    main()
'''

SEED = '''"""Make more sample orders, so that the pages have something to show.

    python -m shop.seed --until 2026-04-30           show what would be added
    python -m shop.seed --until 2026-04-30 --write   add it to data/orders.csv
"""

from __future__ import annotations

import argparse
import csv
from datetime import date, timedelta

from .orders import DATA, STATUSES, load_orders

CHANNELS = ("web", "shop", "phone")
A_DAY = 5


def new_rows(until: date) -> list[tuple[object, ...]]:
    """Return the rows from the day after the newest order up to `until`."""
    known = load_orders()
    customers = sorted({order.customer for order in known})
    number, day, rows = known[0].number, known[0].placed, []
    while (day := day + timedelta(days=1)) <= until:
        for _ in range(A_DAY):
            number += 1
            cents = 900 + number * 7919 % 24000
            rows.append(
                (
                    number,
                    day.isoformat(),
                    customers[number * 31 % len(customers)],
                    STATUSES[number * 7 % len(STATUSES)],
                    1 + number % 6,
                    f"{cents / 100:.2f}",
                    CHANNELS[number % len(CHANNELS)],
                )
            )
    return rows


def main() -> None:
    """Show the new rows, and add them with `--write`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--until", type=date.fromisoformat, required=True)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    rows = new_rows(options.until)
    for row in rows:
        print(*row, sep=",")
    if options.write:
        with DATA.open("a", newline="", encoding="utf-8") as lines:
            csv.writer(lines, lineterminator="\\n").writerows(rows)
    print(f"{len(rows)} rows", "written to data/orders.csv" if options.write else "(not written)")


if __name__ == "__main__":
    main()
'''
