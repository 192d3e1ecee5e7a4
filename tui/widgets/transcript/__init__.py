"""The transcript: rows, lines and the view that scrolls through them."""
