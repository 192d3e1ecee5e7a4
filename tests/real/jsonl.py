"""Read the lines that a client has written so far."""

import json
from pathlib import Path
from typing import Any


def read_records(path: Path, **wanted: Any) -> list[dict[str, Any]]:
    """The whole lines of a file whose keys have these values; none while there is no file."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return []
    lines = raw[: raw.rfind(b"\n") + 1].splitlines()
    records = [json.loads(line) for line in lines if line.strip()]
    return [r for r in records if all(r.get(key) == value for key, value in wanted.items())]
