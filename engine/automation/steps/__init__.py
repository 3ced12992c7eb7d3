"""Steps, one command each: a file for each family, and `registry.py` that lists them.

A step is made ready once and then done for each run; it writes through the run alone.
"""
