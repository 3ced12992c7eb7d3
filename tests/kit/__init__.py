"""What tests share: real services and readable helpers, imported by name.

`postgres.py` gives databases, `browser.py` a real browser. Nothing here is skipped when it is
missing: a service that cannot be had fails with a sentence that says what to install.
"""
