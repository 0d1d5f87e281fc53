"""What every test may ask for."""

import gc

pytest_plugins = ["tests.services.fixtures"]


def pytest_collection_finish() -> None:
    """Thousands of collected tests live to the end: every full collection would walk through them again."""
    gc.collect()
    gc.freeze()
