"""Stadtregal: a click-and-collect marketplace for a city."""

__version__ = "0.1.0"
