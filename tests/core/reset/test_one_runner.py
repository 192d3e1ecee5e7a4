"""Two clearheads may show the same open reset; only one of them goes on with it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from clearhead.core.acting.lock import SessionTaken
from clearhead.core.reset.store import Store

if TYPE_CHECKING:
    from pathlib import Path

HOLDS = """
import sys
from pathlib import Path
from clearhead.core.reset.store import Store
lock = Store(Path(sys.argv[1])).hold("t")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_reset_that_another_process_carries_is_left_to_it(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDS, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(SessionTaken) as taken:
            Store(tmp_path).hold("t")
        assert str(other.pid) in taken.value.detail
        other.kill()
        other.wait()
        Store(tmp_path).hold("t").release()
