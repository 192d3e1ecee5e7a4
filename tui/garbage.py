"""How Python's own housekeeping is kept away from the person who waits.

Reading the modules makes some hundred thousand objects that live as long as the program. Looking
through them again and again costs about a tenth of the start, and later makes keys wait.
"""

from __future__ import annotations

import gc
import sys

TURN = 0.001
"""Seconds after which a thread that reads transcripts lets the screen go on; Python's default of
0.005 made the slowest hundredth of keys wait a third longer while records stream in."""


def hold() -> None:
    """Collect nothing for now."""
    gc.disable()


def settle() -> None:
    """Set apart what is alive now, collect again from here on, and take shorter turns."""
    gc.freeze()
    gc.enable()
    sys.setswitchinterval(TURN)
