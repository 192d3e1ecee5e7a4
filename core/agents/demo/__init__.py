"""The demo: a scripted agent in its own process, read like any other."""
