"""The same pages written by hand, as a good engineer would for this one CRM and no other.

Flask, SQLAlchemy Core and Jinja2, with templates of its own. `README` of what it does and what it
leaves out: docs/decisions/0066-measured-against-hand-written.md. Start with `app.py`.
"""
