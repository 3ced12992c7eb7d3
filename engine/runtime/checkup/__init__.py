"""The checkup: what of an installation is well, what to look at, what is wrong, and the cure.

Start with `database.py`. Every check only looks: it returns findings, changes nothing, and takes
no longer than a person waits.
"""
