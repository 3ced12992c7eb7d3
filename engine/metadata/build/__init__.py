"""Nodes become nouns: a tree that has the right shape comes in, a frozen `Application` goes out.

Start with `application.py`; there is one builder for each noun. A builder judges nothing: what
can't be read is left at its default, and a check says so.
"""
