"""The whole script: about two minutes of work, from an empty context to one that is too full."""

from __future__ import annotations

from .story_ending import ENDING
from .story_opening import OPENING

STORY = OPENING + ENDING
"""The turns, in their order."""
