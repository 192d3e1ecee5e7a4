"""Resets and hand-offs as the screen goes along with them: what they wait for, what they show."""
