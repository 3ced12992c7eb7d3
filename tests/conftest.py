"""Joins the kit's fixtures to every test."""

from hypothesis import settings

from tests.kit.examples import PROFILE

pytest_plugins = (
    "tests.kit.postgres",
    "tests.kit.prepared",
    "tests.kit.browser",
    "tests.kit.live",
    "tests.kit.snapshots",
    "tests.kit.nursery",
    "tests.kit.crash_report",
)

# The machine may be busy: a slow example is no wrong example.
settings.register_profile("commit", deadline=None, max_examples=40)
settings.register_profile("nightly", deadline=None, max_examples=1_000)
settings.load_profile(PROFILE)
