"""A made-up town quarter in three small files, to try the generator on.

``python -m data.sample`` makes the files again from the demo town's generator.
"""
