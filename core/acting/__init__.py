"""Acting on sessions: actions as values, channels that carry them out, and what proves it."""
