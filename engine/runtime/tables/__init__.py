"""Tables: a frozen `Entity` comes in, a SQLAlchemy table goes out; and the engine's own tables.

Start with `shape.py`, which says without SQLAlchemy what an entity needs: the tables of `entity.py`
and the plan both follow it. Nothing here opens a connection or decides who may see what.
"""
