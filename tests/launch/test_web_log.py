"""The web server says who asked for what, and keeps to itself what opens a report to whoever reads it."""

from __future__ import annotations

import io
import logging
from datetime import timedelta
from types import SimpleNamespace

from gunicorn.config import Config

from migration_app.kept_out_of_logs import HideLinks
from migration_app.launch.web_log import WebLog

TOKEN = "k3Jx_9-Qz" * 5


def test_the_web_servers_log_holds_no_share_link() -> None:
    settings = Config()
    settings.set("accesslog", "-")
    log, written = WebLog(settings), io.StringIO()
    for handler in log.access_log.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(written)
    environ = {"REQUEST_METHOD": "GET", "RAW_URI": f"/s/{TOKEN}/?quality=1", "SERVER_PROTOCOL": "HTTP/1.1",
               "HTTP_REFERER": f"https://crossover.example.com/s/{TOKEN}/evidence/"}  # fmt: skip
    answer = SimpleNamespace(status="200 OK", headers=[], sent=10, response_length=10)
    log.access(answer, SimpleNamespace(headers=[]), environ, timedelta(seconds=1))
    assert "/s/…/?quality=1" in written.getvalue() and TOKEN not in written.getvalue()


def test_a_message_that_does_not_fit_its_values_breaks_nothing() -> None:
    record = logging.LogRecord("any", logging.INFO, __file__, 1, "%s of %s", ("one",), None)
    assert HideLinks().filter(record)
