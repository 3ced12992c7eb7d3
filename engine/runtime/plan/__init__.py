"""Plan and apply: two applications and a live database come in, steps in words go out, then happen.

Start with `compare.py`. One apply is one transaction: all of a plan, or nothing of it.
"""
