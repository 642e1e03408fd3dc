"""Doors for goods: readers make `Goods` of a file, `plan` says what would change, `apply` does it.

`tabular`, `numbers`, `words`, `spree`, `till` and `detect` are pure: bytes in, values out.
"""
