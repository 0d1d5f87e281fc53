"""What rules find in a text, what they leave alone, and that no text makes them slow."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migration_app.workloads.redaction import find

JWT = (
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0"
    ".dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"
)
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7bq\n-----END RSA PRIVATE KEY-----"


def found(text: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in find(text)]


PRIVATE = [
    ("email", "jane.doe+news@mail.example.co.uk"),
    ("email", "müller@exämple.de"),
    ("phone", "+1 415-555-2671"),
    ("phone", "(415) 555-2671"),
    ("phone", "+49 30 1234567"),
    ("phone", "06 12 34 56 78"),
    ("phone", "(11) 98765-4321"),
    ("phone", "020 7946 0958"),
    ("iban", "DE89 3704 0044 0532 0130 00"),
    ("iban", "GB82WEST12345698765432"),
    ("card", "4111 1111 1111 1111"),
    ("card", "5500-0000-0000-0004"),
    ("card", "378282246310005"),
    ("national_id", "536-22-1234"),
    ("national_id", "390.533.447-05"),
    ("national_id", "39053344705"),
    ("national_id", "11.444.777/0001-61"),
    ("national_id", "AB 12 34 56 C"),
    ("national_id", "12345678Z"),
    ("national_id", "X1234567L"),
    ("national_id", "RSSMRA85T10A562S"),
    ("national_id", "1 85 05 78 006 084 91"),
    ("national_id", "756.9217.0769.85"),
    ("ip", "192.168.1.20"),
    ("ip", "2001:db8::8a2e:370:7334"),
    ("api_key", "sk-ant-api03-abcDEF1234567890abcdefgh"),
    ("api_key", "sk-proj-abcDEF1234567890abcdefgh"),
    ("api_key", "AKIAIOSFODNN7EXAMPLE"),
    ("api_key", "AIzaSyA1234567890abcdefghijklmnopqrstuv"),
    ("api_key", "ghp_16C7e42F292c6912E7710c838347Ae178B4a"),
    ("api_key", "xai-abc123DEFghi456jkl789mno"),
    ("api_key", "gsk_abc123DEFghi456jkl789mno"),
    ("api_key", "hf_abcdEFGHijklMNOPqrst1234"),
    ("token", JWT),
    ("private_key", PEM),
]


@pytest.mark.parametrize(("kind", "value"), PRIVATE)
def test_a_private_value_is_found_whole_wherever_it_stands(kind: str, value: str) -> None:
    assert found(value) == [(kind, value)]
    assert found(f"Please see {value}, and answer soon.") == [(kind, value)]
    assert found(f'{{"field": "{value}"}}') == [(kind, value)]


@pytest.mark.parametrize(
    "text",
    [
        "Order 1234567 of 20261125, paid on 2026-11-25 12:30:45.",
        "It costs 1.234.567,89 or 12 345 678 or 100 000 000.",
        "Version 1.2.3, 127.0.0.1 and 0.0.0.0",
        "uuid 550e8400-e29b-41d4-a716-446655440000, ISBN 978-3-16-148410-0",
        "at 52.520008, 13.404954 since 1732531200123",
        "card 4111 1111 1111 1112 has a wrong check digit",
        "IBAN DE89 3704 0044 0532 0130 01 as well",
        "pip install scikit-learn sk-learn-extra-and-some-more-words",
        "write to @support or a@b, not to me@",
        "the 25/11/2026 and 11-25-2026",
        "eyJhbGciOiJub3BlIQ.not.atoken",
        "social security number 000-12-3456 was never given out",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
    ],
)
def test_what_only_looks_alike_is_left(text: str) -> None:
    assert found(text) == []


def test_digits_that_any_number_could_be_need_their_name() -> None:
    assert found("Ticket 111222333 is open") == []
    assert found("My BSN is 111222333") == [("national_id", "111222333")]
    assert found("using 130692544 parts") == []
    assert found("SIN: 130692544") == [("national_id", "130692544")]


def test_several_in_a_row_are_told_apart() -> None:
    text = "4111 1111 1111 1111 5500 0000 0000 0004 0612345678"
    assert [kind for kind, _ in found(text)] == ["card", "card", "phone"]


def test_what_lies_inside_something_private_is_a_part_of_it() -> None:
    text = f"{PEM[:40]}\njane@example.com\n{PEM[40:]}"
    assert [kind for kind, _ in found(text)] == ["private_key"]


def test_a_private_key_without_its_end_is_taken_as_far_as_it_goes() -> None:
    assert found(PEM[:50] + "!")[0] == ("private_key", PEM[:50])


def test_a_password_in_an_address_is_found() -> None:
    assert ("api_key", "s3cret") in found("postgres://app:s3cret@db.internal/app")


def hard_texts() -> dict[str, str]:
    rnd = random.Random(1)
    size = 100_000
    return {
        "one long number": "1" * size,
        "short numbers": " ".join(str(rnd.randrange(100)) for _ in range(33_000)),
        "phones": " ".join(f"0{rnd.randrange(10, 99)} {rnd.randrange(10**7)}" for _ in range(8_000)),
        "zeros": "00 1" * 25_000,
        "ats": "a@" * 50_000,
        "labels": "@" + "a." * 50_000,
        "half tokens": "eyJaaaaaaaaaa." * 7_000,
        "beginnings": "-----BEGIN PRIVATE KEY-----" * 3_700,
        "prefixes": "sk-" * 33_000,
        "almost accounts": "DE89 3704 " * 10_000,
        "colons": "::a" * 33_000,
        "dots": "1." * 50_000,
        "brackets": "(+" * 50_000,
        "cards": "4111 1111 1111 1111 " * 5_000,
        "passwords": "://a:" * 20_000,
    }


@pytest.mark.parametrize("name", hard_texts())
def test_no_text_makes_the_search_slow(name: str) -> None:
    """100 kB take well under 0.3 s on a machine with nothing else to do; anything quadratic takes minutes."""
    text = hard_texts()[name]
    began = time.process_time()
    find(text)
    assert time.process_time() - began < 2.0


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200), st.sampled_from(PRIVATE), st.text(max_size=200))
def test_any_text_around_a_value_gives_spans_in_order(
    before: str, known: tuple[str, str], after: str
) -> None:
    text = f"{before}\n{known[1]}\n{after}"
    spans = find(text)
    assert all(one.start < one.end <= len(text) for one in spans)
    assert all(first.end <= second.start for first, second in zip(spans, spans[1:], strict=False))
    place = text.index(known[1])
    assert any(one.start < place + len(known[1]) and one.end > place for one in spans)
