"""`clearhead demo`: watch a scripted agent at real work in a throw-away repository."""

from __future__ import annotations

import click

from ...core.config import load_config
from .open import BANNER, need_terminal, run_app


@click.command(name="demo")
@click.option(
    "--speed",
    type=click.FloatRange(0.25, 32),
    default=1.0,
    show_default=True,
    help="How much faster than life it plays.",
)
def command(speed: float) -> None:
    """Watch a scripted agent at real work in a throw-away repository.

    It needs no network and no key, and takes about two minutes. The screen says on every page
    that it is a demo; everything it made is removed when you quit.
    """
    from ..start import prepare_demo

    need_terminal()
    settings, reports = load_config()
    run_app(prepare_demo(settings, speed, BANNER, reports=reports))
