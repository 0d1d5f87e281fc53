"""The web server's own log, without what opens something to whoever reads it."""

from __future__ import annotations

from typing import Any

from gunicorn.glogging import Logger

from migration_app.kept_out_of_logs import HideLinks


class WebLog(Logger):
    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for log in (self.access_log, self.error_log):
            log.addFilter(HideLinks())
