"""Two writers on one file, ten thousand operations: nothing either of them wrote is ever lost."""

from __future__ import annotations

from random import Random

from clearhead.core.authorship import Author, Authorship
from clearhead.core.merge import merge

OPERATIONS = 10_000


class Writer:
    """Changes a text at random, and knows the lines of its own that it has not taken back."""

    def __init__(self, name: str, random: Random) -> None:
        self.name, self.random = name, random
        self.count = 0
        self.alive: set[str] = set()

    def write(self, text: str) -> str:
        lines = text.split("\n")
        at = self.random.randrange(len(lines))
        mine = [n for n, line in enumerate(lines) if line in self.alive]
        self.count += 1
        new = f"- {self.name} {self.count}"
        match self.random.choice(["put", "put", "change", "drop"]):
            case "change" if mine:
                self.alive.discard(lines[self.random.choice(mine)])
                return self.write_over(lines, self.random.choice(mine), new)
            case "drop" if mine and len(lines) > 40:
                gone = self.random.choice(mine)
                self.alive.discard(lines.pop(gone))
                return "\n".join(lines)
        lines.insert(at, new)
        self.alive.add(new)
        return "\n".join(lines)

    def write_over(self, lines: list[str], at: int, new: str) -> str:
        self.alive.discard(lines[at])
        lines[at] = new
        self.alive.add(new)
        return "\n".join(lines)


def test_the_union_of_both_sides_is_in_the_text_or_in_a_conflict() -> None:
    random = Random(7)
    mine, theirs = Writer("mine", random), Writer("theirs", random)
    base = disk = buffer = "\n".join(f"## {n}\n" for n in range(12))
    conflicts = 0
    for _ in range(OPERATIONS):
        if random.random() < 0.5:
            buffer = mine.write(buffer)
        else:
            disk = theirs.write(disk)
        if random.random() < 0.2:
            merged = merge(base, buffer, disk)
            conflicts += len(merged.conflicts)
            buffer = merged.text([(*c.theirs, *c.mine) for c in merged.conflicts])
            assert (mine.alive | theirs.alive) <= set(buffer.split("\n"))
            base = disk
            if random.random() < 0.7:
                base = disk = buffer
        for line in mine.alive:
            assert line in buffer.split("\n")
        for line in theirs.alive:
            assert line in disk.split("\n")
        if len(buffer) > 6_000:
            mine.alive.clear()
            theirs.alive.clear()
            base = disk = buffer = "\n".join(f"## {n}\n" for n in range(12))
    assert conflicts


def test_every_line_keeps_its_author_through_many_edits() -> None:
    random = Random(3)
    writers = {Author.YOURS: Writer("mine", random), Author.AGENT: Writer("theirs", random)}
    text = "# notes\n"
    whose = Authorship.of(text)
    for _ in range(2_000):
        author = random.choice(list(writers))
        after = writers[author].write(text)
        whose = whose.followed(text, after, author)
        text = after
        if len(text) > 4_000:
            text = "# notes\n"
            whose = Authorship.of(text)
        names = {Author.YOURS: "- mine", Author.AGENT: "- theirs", Author.UNKNOWN: ""}
        for author_of, line in zip(whose.authors, text.split("\n"), strict=True):
            assert line.startswith(names[author_of])


def test_what_the_agent_wrote_is_fresh_until_it_was_looked_at() -> None:
    whose = Authorship.of("a\nb").followed("a\nb", "a\nnew\nb", Author.AGENT)
    assert whose.fresh == {1}
    assert whose.followed("a\nnew\nb", "top\na\nnew\nb", Author.YOURS).fresh == {2}
    assert whose.looked().fresh == frozenset()
    assert whose.looked().authors == whose.authors
