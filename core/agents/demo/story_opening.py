"""The first half of the script: a good start, a feature, and an idea that does not hold."""

from __future__ import annotations

from .project import NOTES
from .project_changes import CACHE_THE_PAGE, DATES, FILTER_BY_RANGE, TEST_DATES
from .script import (
    AddNote,
    Bash,
    Explore,
    Grep,
    Read,
    Response,
    RewriteNote,
    TickNote,
    Turn,
    Write,
)

MEAN = r"mean\s+(?P<{name}>[\d.]+ ms)"

LOOK_AROUND = Turn(
    prompt="Read the map, the notes and the log. Where do we stand?",
    idle=1.5,
    responses=(
        Response(
            said="I start with the map, the notes and the log.",
            tools=(Read("AGENTS.md"), Read(NOTES), Bash("git log --oneline -10")),
        ),
        Response(
            said="Now the code that the map points to, and whether the tests pass.",
            tools=(
                Read("shop/pages.py"),
                Read("shop/filters.py"),
                Read("shop/orders.py"),
                Read("data/orders.csv", lines=180),
                Bash("python -m unittest", keep=r"Ran (?P<tests>\d+) tests"),
            ),
        ),
        Response(
            said="""\
## Where we stand

The order list shows 40 rows a page and filters by status. All $tests tests pass, the tree is clean.

- **Next** in the notes: a date range from the URL, beside the status filter.
- **Open after that:** a faster order list, and a CSV export that honours the filters.
- **Do not retry:** filters in a cookie. A shared link then shows other rows than it promises.

Shall I begin with the date range?""",
            seconds=2.5,
        ),
    ),
)

DATE_RANGE = Turn(
    prompt=(
        "Yes. `?range=2026-03-01..2026-03-31` and `?range=last-7-days`. "
        "It must survive a reload, and be right after midnight."
    ),
    learned=(
        AddNote(
            "Decisions",
            "- A range is worked out anew for every page, from the URL alone: only "
            "`shop/clock.py` knows what day it is",
        ),
    ),
    responses=(
        Response(
            thought=(
                "`last-7-days` depends on today, and shop/clock.py is the only module that may "
                "ask. So the range is worked out anew for every page, from the URL alone. The "
                "case that breaks first is a page that was made yesterday: that needs a test."
            ),
            said="I look at the filter tests, and at how the first filter came in.",
            tools=(
                Read("tests/test_filters.py"),
                Read("tests/test_pages.py"),
                Read("shop/clock.py"),
                Bash("git log --patch -1 -- shop/filters.py"),
            ),
        ),
        Response(
            said="The range gets a module of its own; the filters only ask it.",
            tools=(Write("shop/dates.py", DATES), *FILTER_BY_RANGE),
        ),
        Response(
            said="The tests, with one that lets midnight pass between two visits:",
            tools=(
                Write("tests/test_dates.py", TEST_DATES),
                Bash("python -m unittest -v", keep=r"Ran (?P<tests>\d+) tests"),
            ),
        ),
        Response(
            said="All $tests pass. I look at a real page before I call it done.",
            tools=(Bash("python -m shop.pages range=2026-03-10..2026-03-16"),),
        ),
        Response(
            said="The page shows the right days. I bring the notes up to date and commit.",
            tools=(
                TickNote("Completed", "Date range filter"),
                RewriteNote(
                    "Current status",
                    "Status and date range filters work, both read from the URL. All tests pass.",
                ),
                RewriteNote("Next step", "Measure the order list with `python -m shop.bench`."),
                Bash(
                    "git add --all && git commit --message 'Filter by date range, from the URL'",
                    keep=r"\[main (?P<commit>\w+)\]",
                ),
            ),
        ),
        Response(
            said="""\
The date range filter works and is committed as `$commit`.

1. `shop/dates.py` reads a range and knows nothing of pages.
2. `Filters` asks it; the URL stays the **only source of truth**.
3. `test_last_7_days_moves_on_at_midnight` visits a page on two days.""",
        ),
    ),
)

MEASURE = Turn(
    prompt="The list feels slow to me. Measure it, and tell me where the time goes.",
    learned=(
        AddNote(
            "Decisions",
            "- Every change for speed is measured with `python -m shop.bench`, before and after",
        ),
    ),
    responses=(
        Response(
            said="First the bench, then a profile of it.",
            tools=(
                Bash("python -m shop.bench", keep=MEAN.format(name="mean_before")),
                Bash("python -m cProfile -s cumulative -m shop.bench"),
            ),
        ),
        Response(
            said="A visit takes $mean_before. A sub-agent maps who calls what; I look at the data.",
            tools=(
                Explore(
                    "Map the calls behind the order list",
                    "Read shop/table.py and shop/totals.py. Who uses them, and how?",
                    (
                        Response(
                            said="I read both modules and search for their callers.",
                            tools=(
                                Read("shop/table.py"),
                                Read("shop/totals.py"),
                                Grep("customer_total"),
                            ),
                            seconds=1.0,
                        ),
                        Response(
                            said=(
                                "`list_page` renders each row together with "
                                "`customer_total(customer)` from `shop/totals.py`. "
                                "Nothing else calls either."
                            ),
                            seconds=1.0,
                        ),
                    ),
                ),
                Read("data/orders.csv", first=180, lines=312),
            ),
        ),
        Response(
            said="Is there a view layer with a cache of its own that I have missed?",
            tools=(Read("shop/views.py"), Read("shop/bench.py")),
        ),
        Response(
            said="""\
## Where the time goes

A visit takes **$mean_before**, and three visits to the same page take three times that:

```
list_page(query)      made anew on every visit
  load_orders()       reads data/orders.csv
  render(rows)        one line a row
```

There is no cache anywhere. Remembering a finished page looks like the quick win.""",
            seconds=2.4,
        ),
    ),
)

CACHE = Turn(
    prompt="Then make it fast.",
    responses=(
        Response(
            said="I cache the finished page for each query with `lru_cache`. Two lines.",
            tools=(
                *CACHE_THE_PAGE,
                Bash("python -m shop.bench", keep=MEAN.format(name="mean_cached")),
            ),
        ),
        Response(
            said="From $mean_before to $mean_cached. Now the tests.",
            tools=(Bash("python -m unittest"),),
        ),
        Response(
            thought=(
                "The midnight test. The query is `range=last-7-days` on both days, so the cache "
                "gives out yesterday's page. A key with the day in it would need to know which "
                "filters depend on the day: the pages would then know what only dates.py should."
            ),
            said=(
                "The midnight test fails: the query is the same on both days, so the cache gives "
                "out **yesterday's page**. The idea does not hold. I take it back and write it "
                "down."
            ),
            tools=(
                Bash("git diff"),
                Bash(
                    "git restore shop/pages.py && python -m unittest",
                    keep=r"Ran (?P<tests>\d+) tests",
                ),
                AddNote(
                    "Failed approaches",
                    "- Cache the finished page for each query (`lru_cache`) — the query is the "
                    "same before and after midnight, so `last-7-days` shows yesterday's rows",
                ),
                RewriteNote(
                    "Next step",
                    "Make the order list fast without keeping finished pages; find out first "
                    "what a page does 40 times.",
                ),
            ),
        ),
        Response(
            said="To see what a page is made of, I look at one, and profile again, by own time.",
            tools=(
                Bash("python -m shop.pages status=paid"),
                Bash("python -m cProfile -s tottime -m shop.bench"),
            ),
        ),
        Response(
            said="""\
The cache is out again, all $tests tests pass, and `claude-progress.md` says why it failed.

- **Tried:** a finished page kept for each query
- **Failed on:** `test_last_7_days_moves_on_at_midnight`
- **Still true:** a visit takes $mean_before""",
        ),
    ),
)

OPENING = (LOOK_AROUND, DATE_RANGE, MEASURE, CACHE)
"""The first four turns."""
