"""Codex: its rollouts and how they are found."""
