"""The screen and the command line: they draw snapshots and ask the core to act."""
