"""Frozen nouns of a configuration: what the builder makes and everybody else reads.

Start with `application.py`. Nothing here knows of databases, pages or clocks.
"""
