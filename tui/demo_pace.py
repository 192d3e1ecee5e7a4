"""The keys of the demo: pause it, play it faster, play it slower."""

from __future__ import annotations

from ..core.agents.demo.client import DemoControl

FASTEST, SLOWEST = 32.0, 0.25


def ask(control: DemoControl, wish: str) -> str:
    """Do what one key means and return what the demo does now, in words.

    Raises:
        Problem: The demo does not answer or refuses.
    """
    now = control.status()
    if wish == "pause":
        if now.get("paused"):
            control.resume()
            return "The demo goes on."
        control.pause()
        return "The demo stands still. The same key lets it go on."
    factor = 2.0 if wish == "faster" else 0.5
    speed = min(FASTEST, max(SLOWEST, float(now.get("speed", 1.0)) * factor))
    control.speed(speed)
    return f"The demo plays {speed:g} times as fast as life."
