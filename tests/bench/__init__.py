"""`make bench`: how fast the pages are, beside a view that does nothing, on grown catalogues.

A program, no tests: `python -m tests.bench --help`. What it measures and how to read it is told in
`marketplace/docs/bench.md`.
"""
