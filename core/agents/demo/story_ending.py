"""The second half of the script: a full context, the same idea again, and the way out."""

from __future__ import annotations

from .project import NOTES
from .project_changes import REMEMBER_THE_PAGE, SUM_ONCE, TEST_READS
from .script import AddNote, Bash, Grep, Read, Response, RewriteNote, TickNote, Turn, Write
from .story_opening import MEAN

MORE_DATA = Turn(
    prompt=(
        "Leave the speed for a moment. The sample data ends in March: bring it up to the end of "
        "April."
    ),
    learned=(
        AddNote("Completed", "- [x] Sample data up to the end of April (`shop.seed --until`)"),
    ),
    responses=(
        Response(
            said="`shop.seed` can do that. First without `--write`, to see what it would add.",
            tools=(
                Read("shop/seed.py"),
                Bash("python -m shop.seed --until 2026-04-30", keep=r"(?P<rows>\d+) rows"),
            ),
        ),
        Response(
            said=(
                "It would add $rows rows. The map says to ask before it changes the data file, "
                "so I ask."
            ),
            tools=(Bash("python -m shop.seed --until 2026-04-30 --write", ask=True),),
        ),
        Response(
            said="Written. I check the file, the tests, and commit.",
            tools=(
                Bash("git diff --stat"),
                Bash("git diff data/orders.csv"),
                Bash("python -m unittest -v"),
                Bash("git commit --all --message 'Sample data up to the end of April'"),
            ),
        ),
        Response(
            said="The data reaches **30 April** now: $rows more rows, all tests pass, committed.",
        ),
    ),
)

CACHE_AGAIN = Turn(
    prompt="The list is slower still, it seems to me. Make it fast now.",
    responses=(
        Response(
            retries=1,
            said="I read pages, filters and data again, and what the last commits changed.",
            tools=(
                Read("shop/pages.py"),
                Read("shop/filters.py"),
                Read("data/orders.csv", first=300, lines=387),
                Bash("git log --patch -2"),
                Bash("python -m shop.bench", keep=MEAN.format(name="mean_before")),
            ),
        ),
        Response(
            thought=(
                "Every visit makes the page anew. If the finished page stays until another query "
                "comes, a reload costs nothing, and nothing old is kept for long."
            ),
            said=(
                "A visit takes $mean_before. I keep the finished page for the query in a small "
                "cache of its own, and drop it as soon as another query comes."
            ),
            tools=(
                *REMEMBER_THE_PAGE,
                Bash("python -m shop.bench", keep=MEAN.format(name="mean_cached")),
            ),
        ),
        Response(
            said="$mean_cached a visit. The tests:",
            tools=(Bash("python -m unittest"),),
        ),
        Response(
            said=(
                "`test_last_7_days_moves_on_at_midnight` fails. I look at what the page shows on "
                "such a day."
            ),
            tools=(
                Bash("python -m shop.pages range=2026-03-02..2026-03-08"),
                Bash("python -m shop.pages range=2026-03-03..2026-03-09"),
            ),
        ),
        Response(
            said="""\
The page itself is right; it is only one day old. Two ways to go on:

1. clear the memory in the `setUp` of the test, so that it starts fresh, or
2. let `PageMemory` forget after an hour.

The first is the smaller change. I would adjust the test.""",
            seconds=2.2,
        ),
    ),
)

THE_CAUSE = Turn(
    prompt=(
        "Stop. Your notes name this one: no finished pages in a cache. Leave the test alone. "
        "What does a page do 40 times?"
    ),
    learned=(
        AddNote(
            "Decisions", "- No finished pages are kept: what takes the time is done once instead"
        ),
    ),
    idle=4.0,
    responses=(
        Response(
            said=(
                "You are right, it stands under *Failed approaches*. I take it back and read the "
                "notes again."
            ),
            tools=(
                Read(NOTES),
                Bash("git restore shop/pages.py && git clean --force shop/memory.py"),
                AddNote(
                    "Failed approaches",
                    "- Keep the last page until another query comes (`PageMemory`) — the same idea "
                    "as the cache: a reload after midnight brings the same query",
                ),
            ),
        ),
        Response(
            said="What happens once for every row?",
            tools=(
                Grep("load_orders()"),
                Read("shop/totals.py"),
                Bash("python -m cProfile -s cumulative -m shop.bench"),
            ),
        ),
        Response(
            thought=(
                "40 rows, 41 reads in every line of the bench. The answer stood in the first "
                "profile: customer_total calls load_orders. One sum over the orders that are "
                "already there does the same, and nothing has to be remembered."
            ),
            said="""\
There it is. The bench said *41 reads* from the beginning:

```python
return render((order, customer_total(order.customer)) for order in shown)
```

`customer_total` reads **the whole data file once for every row**. One pass over the orders that
are already loaded gives the same sums, and nothing needs to be kept.""",
            tools=(
                *SUM_ONCE,
                Write("tests/test_reads.py", TEST_READS),
                Bash("python -m unittest", keep=r"Ran (?P<tests>\d+) tests"),
                Bash("python -m shop.bench", keep=MEAN.format(name="mean_after")),
            ),
            seconds=2.4,
        ),
        Response(
            said=(
                "From $mean_before to $mean_after, and all $tests tests pass. I write it down and "
                "commit."
            ),
            tools=(
                TickNote("Completed", "Order list fast enough (`shop/bench.py` measures it)"),
                RewriteNote(
                    "Current status",
                    "Status and date range filters work. A page reads the data file once "
                    "(`tests/test_reads.py` holds that). All tests pass.",
                ),
                RewriteNote(
                    "Next step", "Let `shop/export.py` take the same query as the order list."
                ),
                Bash(
                    "git add --all && git commit --message 'Read the data file once for a page'",
                    keep=r"\[main (?P<commit>\w+)\]",
                ),
            ),
        ),
        Response(
            said="""\
## What it was

| | a visit | reads of the data file |
|---|---|---|
| before | $mean_before | 41 |
| now | **$mean_after** | 1 |

Committed as `$commit`. No cache, and the midnight test is as it was.""",
        ),
    ),
)

WRAP_UP = Turn(
    prompt="Good. Check everything once more: is anything left?",
    responses=(
        Response(
            said="I run the whole suite and read through what this session changed.",
            tools=(
                Bash("python -m unittest -v", keep=r"Ran (?P<tests>\d+) tests"),
                Bash("git log --patch -1 -- shop tests"),
                Bash("git diff HEAD~3 --stat"),
                Bash("python -m shop.report"),
            ),
        ),
        Response(
            said="The tests pass. Page and export, as a user would see them:",
            tools=(
                Bash("python -m shop.pages range=2026-04-20..2026-04-30"),
                Bash("python -m shop.export"),
                Bash("git status --short --branch"),
            ),
        ),
        Response(
            said="""\
Everything is done: both filters work, the list is fast, $tests tests pass and the tree is clean.

---

*This is where the script ends; I stay here and wait. No model was asked in this session. The
repository, the edits, the test runs and the two failures are real. And I claimed too much: one
box in the notes is still open.*""",
            seconds=2.4,
        ),
    ),
)

ENDING = (MORE_DATA, CACHE_AGAIN, THE_CAUSE, WRAP_UP)
"""The last four turns."""
