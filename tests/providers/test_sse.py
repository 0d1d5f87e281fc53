"""Events out of a body: by the letter of the format, whatever a vendor ends its lines with, and soon."""

from __future__ import annotations

from time import process_time

import pytest

from migration_app.providers.sse import events


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_line_end_gives_the_same_events(end: bytes) -> None:
    body = end.join([b": hello", b"event: delta", b"data: one", b"data: two", b"", b"data: three", b"", b""])
    assert [(data, name) for data, _at, name in events(body)] == [
        (b" one\n two", b"delta"),
        (b" three", b""),
    ]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_an_event_is_placed_where_its_data_ends(end: bytes) -> None:
    body = b"event: x" + end + b"data: one" + end + end
    ((_data, at, _name),) = events(body)
    assert body[: at + 1].rstrip(b"\r\n") == b"event: x" + end + b"data: one"


def test_a_last_event_without_its_blank_line_counts() -> None:
    assert [data for data, _at, _name in events(b"data: one\r\n\r\ndata: two")] == [b" one", b" two"]


def test_a_name_ends_with_its_event() -> None:
    assert [name for _data, _at, name in events(b"event: a\rdata: 1\r\rdata: 2\r\r")] == [b"a", b""]


@pytest.mark.parametrize("line", [b"\r", b"\ra", b"\r\n\r", b": \r"])
def test_millions_of_lines_that_say_nothing_cost_little(line: bytes) -> None:
    body = line * (16_000_000 // len(line))
    began = process_time()
    assert list(events(body)) == []
    assert process_time() - began < 3
