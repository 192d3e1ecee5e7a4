"""The papers of the small project that the demo works on: map, notes, ignore file."""

from __future__ import annotations

GITIGNORE = "__pycache__/\n*.pyc\n"

AGENTS = """# Order dashboard

A small order dashboard in plain Python: no framework, no database.

## Map

- `shop/orders.py` reads `data/orders.csv`
- `shop/filters.py` turns a URL query into filters
- `shop/pages.py` makes the order list, `shop/table.py` its HTML
- `shop/totals.py` sums, `shop/report.py` prints them
- `shop/export.py` writes CSV for the bookkeeper
- `shop/bench.py` says how long a page takes
- `shop/clock.py` is the only module that asks what day it is

## Rules

- Tests: `python -m unittest`. Nothing is done before they pass.
- The URL is the only source of truth for filters. No cookies, no session.
- No new dependencies.
- Read `claude-progress.md` and `git log` first. Write down what failed, and why.
- `shop.seed --write` changes the data file: ask first.
"""

PROGRESS = """# Progress: order dashboard

## Current status
The order list works with a status filter. All tests pass.

## Completed
- [x] Orders from CSV, newest first
- [x] Order list as HTML, 40 rows a page
- [x] Status filter, read from the URL
- [ ] Date range filter
- [ ] Order list fast enough (`shop/bench.py` measures it)
- [ ] CSV export honours the filters

## Failed approaches
- Keep the chosen filters in a cookie — a shared link then shows other rows than it promises
- Sort the rows in the table renderer

## Next step
Read a date range from the URL, next to the status filter.
"""
