"""Doors for goods: readers turn a file into `Goods`, `plan` says what would change, `apply` does it.

`tabular`, `numbers`, `words`, `spree`, `till` and `detect` are pure: bytes in, values out, no database.
"""
