"""Backups: a database goes into one archive file, and comes out of it into an empty place.

Start with `write.py` and `restore.py`. An archive knows no dialect: what was kept in SQLite can be
restored into PostgreSQL, and back. Nothing here changes a database that people work in.
"""
