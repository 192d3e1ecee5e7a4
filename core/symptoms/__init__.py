"""Evidence in a transcript that an agent goes astray: one line each, never a verdict."""
