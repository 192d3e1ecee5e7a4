"""The notes: the progress file beside the transcript, open for editing."""
