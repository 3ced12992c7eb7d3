"""Rules at work: outbox rows and timers come in, runs, jobs and effects go out.

Start with `planner.py`, which decides purely, and `worker.py`, which acts. Actions and adapters
never import each other, and no effect leaves without a job in the database.
"""
