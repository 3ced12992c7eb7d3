"""What changed in a configuration: two applications come in, a list of changes goes out; pure.

Start with `compare.py`. What the changes mean for tables and records is the plan's matter
(`runtime.plan`).
"""
