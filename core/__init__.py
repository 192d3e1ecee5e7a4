"""The domain of clearhead: facts, figures and services; it draws nothing."""

__version__ = "0.1.0"
