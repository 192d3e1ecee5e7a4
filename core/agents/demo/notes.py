"""How the demo's agent edits its progress file: section by section, whatever else stands there.

A person may edit the same file meanwhile. So each edit is made from the text as it is now, and
touches only the section that it is about.
"""

from __future__ import annotations

import re

OPEN, DONE = "- [ ] ", "- [x] "


def added(notes: str, section: str, entry: str) -> tuple[str, str]:
    """Return the old and new text of `section` with `entry` at its end."""
    old = block(notes, section)
    if old:
        return old, f"{old}\n{entry}"
    return notes, f"{notes.rstrip()}\n\n## {section}\n{entry}\n".lstrip("\n")


def rewritten(notes: str, section: str, body: str) -> tuple[str, str]:
    """Return the old and new text of `section` with `body` in the place of its own."""
    old = block(notes, section)
    if old:
        heading, _, _ = old.partition("\n")
        return old, f"{heading}\n{body}"
    return added(notes, section, body)


def ticked(notes: str, section: str, entry: str) -> tuple[str, str]:
    """Return the old and new text for `entry`, ticked; a missing one is added to `section`."""
    if f"{OPEN}{entry}" in notes:
        return f"{OPEN}{entry}", f"{DONE}{entry}"
    return added(notes, section, f"{DONE}{entry}")


def block(notes: str, section: str) -> str:
    """Return heading and body of `section` without blank lines at its end, "" if it is missing."""
    heading = re.compile(rf"^##[ \t]+{re.escape(section)}\b.*$", re.IGNORECASE | re.MULTILINE)
    found = heading.search(notes)
    if not found:
        return ""
    following = re.compile(r"^##?[ \t]", re.MULTILINE).search(notes, found.end())
    return notes[found.start() : following.start() if following else None].rstrip()


def body(notes: str, section: str) -> str:
    """Return what stands under the heading of `section`, "" if nothing does."""
    _, _, rest = block(notes, section).partition("\n")
    return rest.strip()
