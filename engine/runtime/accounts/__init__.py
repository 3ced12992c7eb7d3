"""Accounts: a login and a password come in, a session and its actor go out.

Start with `door.py`; `people.py` manages users, `invitations.py` one-time links, and each module
below keeps one thing: passwords, sessions, attempts and bans, users. Secrets lie in the database
only as digests, and a user is written through a port (`users.UserRecords`), since the record
service stands above this room.
"""
