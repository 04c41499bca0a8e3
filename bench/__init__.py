"""Benches: they print ratios against a peer or a limit. `python -m bench` runs those of the suite.

`bench.city` and `bench.least_change` are programs of their own.
"""
