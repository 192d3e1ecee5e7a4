"""The health of a progress file: checks over its text and its repository, and what mends it."""
