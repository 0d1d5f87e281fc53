from tests.runs.conftest import open_loopback, started, vendor  # noqa: F401
