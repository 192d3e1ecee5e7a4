"""What shows a reset's steps: notes, commit, brief, checks, each a few lines of text."""
