"""The same Python environment on every machine, and the proof of it."""

__version__ = "0.1.0"
