"""Defects of goods that were handed over, from the first word to the end (law A15)."""
