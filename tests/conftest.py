"""Joins the kit's fixtures to every test."""

from hypothesis import settings

pytest_plugins = (
    "tests.kit.postgres",
    "tests.kit.prepared",
    "tests.kit.browser",
    "tests.kit.snapshots",
)

# The machine may be busy: a slow example is no wrong example.
settings.register_profile("commit", deadline=None)
settings.load_profile("commit")
