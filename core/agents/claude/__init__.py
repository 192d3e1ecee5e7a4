"""Claude Code: its transcripts, its live registry and its side channels."""
