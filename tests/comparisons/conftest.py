from tests.runs.conftest import brisk, open_loopback, started, vendor  # noqa: F401
