"""Records by the many: rows of a configuration come in, records go out through the record service.

Start with `rows.py`. Nothing here writes into tables by itself.
"""
