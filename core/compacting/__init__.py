"""Compacting with care: what the summary should keep, what it kept, and what goes back."""
