"""What is installed: everything that is needed, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PARTS = ("core", "tui", "themes")


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    place = tmp_path_factory.mktemp("wheel")
    source = place / "source with a blank"
    source.mkdir()
    for name in (*PARTS, "pyproject.toml", "README.md", "LICENSE"):
        subprocess.run(["cp", "-r", ROOT / name, source / name], check=True)
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", place, source]
    subprocess.run(build, check=True, capture_output=True)
    with zipfile.ZipFile(next(place.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


def test_every_module_and_every_data_file_is_in_the_wheel(names: set[str]) -> None:
    kinds = {".py", ".toml", ".md", ".tcss", ".typed"}
    files = {
        f"clearhead/{path.relative_to(ROOT)}"
        for part in PARTS
        for path in (ROOT / part).rglob("*")
        if path.is_file() and (path.suffix in kinds or path.name == "py.typed")
    }
    assert files - names == set()


def test_nothing_but_the_package_is_in_the_wheel(names: set[str]) -> None:
    foreign = {name for name in names if not name.startswith(("clearhead/", "clearhead-"))}
    assert foreign == set()
    tops = {name.split("/")[1] for name in names if name.startswith("clearhead/")}
    assert tops == set(PARTS)
