"""The project that the demo works on, as a short history of commits."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec

from . import project_code as code
from . import project_docs as docs
from . import project_tests as tests

NOTES = "claude-progress.md"
"""The progress file of the project."""


class Commit(msgspec.Struct, frozen=True):
    """One commit: its message, and the files it adds or replaces."""

    message: str
    files: dict[str, str]


_GIVEN = ("Ada", "Ivo", "Mara", "Jonas", "Lena", "Tomas", "Ines", "Ruben", "Nora", "Emil")
_FAMILY = ("Fenwick", "Brandt", "Okafor", "Lindqvist", "Moreau", "Silva", "Tanaka")
_STATUSES = ("shipped", "paid", "shipped", "new", "shipped", "paid", "returned")
_CHANNELS = ("web", "web", "shop", "web", "phone")
_FIRST_DAY = date(2026, 1, 12)
_DAYS = 70
_ORDERS_A_DAY = 7


def sample_orders() -> str:
    """Return the data file: made by arithmetic, so that it is the same on every machine."""
    lines = ["number,placed,customer,status,items,total,channel"]
    for index in range(_DAYS * _ORDERS_A_DAY):
        placed = _FIRST_DAY + timedelta(days=index // _ORDERS_A_DAY)
        customer = f"{_GIVEN[index * 7 % 10]} {_FAMILY[index * 11 % 7]}"
        cents = 850 + index * 7919 % 24100
        fields = (
            str(10001 + index),
            placed.isoformat(),
            customer,
            _STATUSES[index * 5 % 7],
            str(1 + index * 3 % 5),
            f"{cents / 100:.2f}",
            _CHANNELS[index * 3 % 5],
        )
        lines.append(",".join(fields))
    return "\n".join(lines) + "\n"


def history() -> tuple[Commit, ...]:
    """Return the commits that stand before the demo begins, oldest first."""
    return (
        Commit(
            "Start the order dashboard", {".gitignore": docs.GITIGNORE, "AGENTS.md": docs.AGENTS}
        ),
        Commit(
            "Read orders from a CSV file",
            {
                "shop/__init__.py": code.INIT,
                "shop/orders.py": code.ORDERS,
                "data/orders.csv": sample_orders(),
                "tests/__init__.py": tests.INIT,
                "tests/test_orders.py": tests.TEST_ORDERS,
            },
        ),
        Commit(
            "Show orders as an HTML table",
            {"shop/table.py": code.TABLE, "tests/test_table.py": tests.TEST_TABLE},
        ),
        Commit(
            "Filter by status, from the URL",
            {"shop/filters.py": code.FILTERS, "tests/test_filters.py": tests.TEST_FILTERS},
        ),
        Commit(
            "Order list with what each customer has bought so far",
            {
                "shop/totals.py": code.TOTALS,
                "shop/pages.py": code.PAGES,
                "tests/test_pages.py": tests.TEST_PAGES,
            },
        ),
        Commit(
            "Weekly report and CSV export",
            {"shop/report.py": code.REPORT, "shop/export.py": code.EXPORT},
        ),
        Commit(
            "Sample data, and a bench for the order list",
            {"shop/seed.py": code.SEED, "shop/bench.py": code.BENCH, "shop/clock.py": code.CLOCK},
        ),
        Commit("Keep notes in claude-progress.md", {NOTES: docs.PROGRESS}),
    )
