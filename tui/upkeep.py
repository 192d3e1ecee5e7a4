"""What clearhead does for itself in the background, once each time the screen opens."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from ..core.problems import Problem


def keep_feed(folders: Sequence[Path]) -> None:
    """Renew the scripts of feed and hooks where they are installed, and delete what nobody needs.

    An update may have moved or changed clearhead; the installed settings still name the script.
    """
    from ..core.agents.claude import hold, hooks, mailbox, statusline
    from ..core.paths import runtime_folder

    for folder in folders:
        with suppress(Problem):
            if hooks.status(folder / "settings.json").installed:
                hooks.renew_scripts()
    with suppress(OSError):
        statusline.sweep(time.time())
    mailbox.sweep(runtime_folder())
    hold.sweep(runtime_folder(), time.time())
