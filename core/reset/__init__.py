"""Reset and hand off: end a session with its notes in order, begin a fresh one from them."""
