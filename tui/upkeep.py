"""What clearhead does for itself in the background, once each time the screen opens."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..core.problems import Problem


def keep_feed(folders: Sequence[Path]) -> None:
    """Renew the status-line script where it is installed, and delete readings nobody asked for.

    An update may have moved or changed clearhead; the installed settings still name the script.
    """
    from ..core.agents.claude import hooks, statusline

    for folder in folders:
        with suppress(Problem):
            if hooks.status(folder / "settings.json").installed:
                hooks.renew_script()
    with suppress(OSError):
        statusline.sweep(time.time())
