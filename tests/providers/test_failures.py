"""What error bodies and headers mean."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import orjson
import pytest

from migration_app.evaluation.outcomes import FailureKind
from migration_app.providers.failures import judge_event, judge_status, quotable, read_complaint
from migration_app.providers.waits import wait_wished

NOW = datetime(2026, 11, 2, 12, 0, 0, tzinfo=UTC)


def http_date(seconds: float) -> str:
    return format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "12"}, 12.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "1.25"}, 1.25),
        ({"retry-after": http_date(90)}, 90.0),
        ({"retry-after": http_date(-90)}, 0.0),
        ({"retry-after": http_date(90), "date": http_date(60)}, 30.0),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "1"}, 1.0),
        *(
            ({"retry-after": text}, None)
            for text in ("", "soon", "-1", "nan", "inf", "1e12", "Mon, 99 Foo 2026")
        ),
    ],
)
def test_the_wish_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert wait_wished(headers, NOW) == seconds


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (
            429,
            {"error": {"message": "You exceeded your current quota", "type": "insufficient_quota"}},
            "quota",
        ),
        (
            429,
            [{"error": {"code": 429, "message": "Quota hit", "status": "RESOURCE_EXHAUSTED"}}],
            "rate_limited",
        ),
        (400, [{"error": {"code": 400, "message": "API key not valid. Pass a valid one."}}], "unauthorised"),
        (400, {"error": {"message": "maximum context length is 4096 tokens"}}, "too_large"),
        (400, {"error": {"type": "exceed_context_size_error", "message": "too big"}}, "too_large"),
        (400, {"object": "error", "message": "This model's maximum context length is 10"}, "too_large"),
        (403, {"error": {"message": "Your input was flagged by moderation"}}, "content_filter"),
        (404, {"detail": "Not Found"}, "not_found"),
        (422, {"detail": [{"loc": ["body", "seed"], "msg": "extra inputs"}]}, "bad_request"),
        (500, {"error": {"message": "overloaded_error: try later"}}, "overloaded"),
        (503, {"error": "Loading model"}, "overloaded"),
        (502, "<html>Bad gateway</html>", "server_error"),
        (418, {}, "bad_request"),
        (308, {}, "redirected"),
    ],
)
def test_an_error_status_and_its_body(status: int, body: object, kind: str) -> None:
    verdict, _ = judge_status(status, body.encode() if isinstance(body, str) else orjson.dumps(body))
    assert verdict.kind == kind


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"message": "boom"}, FailureKind.BROKEN_STREAM),
        ("boom", FailureKind.BROKEN_STREAM),
        (True, FailureKind.BROKEN_STREAM),
        ({"code": 500}, FailureKind.BROKEN_STREAM),
        ({"code": 429, "message": "slow down"}, FailureKind.RATE_LIMITED),
        ({"code": "rate_limit_exceeded"}, FailureKind.RATE_LIMITED),
        ({"type": "overloaded_error"}, FailureKind.OVERLOADED),
        ({"code": "context_length_exceeded"}, FailureKind.TOO_LARGE),
    ],
)
def test_an_error_in_mid_stream(error: object, kind: FailureKind) -> None:
    assert judge_event(error)[0].kind == kind


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"null", b"3", b'{"error": null}', b'{"error": [1]}'])
def test_a_body_without_a_message_is_no_crash(body: bytes) -> None:
    assert isinstance(read_complaint(body).sentence, str)


def test_a_vendors_words_are_quoted_on_one_line_without_the_key() -> None:
    quoted = quotable("bad key\nsk-12345\x1b[31m " + "x" * 900, ("sk-12345",))
    assert quoted.startswith("bad key [key] [31m xxx") and len(quoted) == 240 and quoted.endswith("…")
