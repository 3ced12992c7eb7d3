"""Rules at work: a change comes in with its transaction, what follows is written into it.

Start with `triggers.py`, which decides purely, `rules.py`, which runs what matches, and `steps/`,
one command each. `worker.py` wakes timers and works through the outbox. Nothing here opens a
transaction of a person, and no run is without a row that says why it ran, or why not.
"""
