"""Damaged exports: cut, flipped, shuffled, doubled. Every reader names the line and keeps the others."""

from __future__ import annotations

import io
from dataclasses import replace

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migration_app.workloads.calls import Call, Skipped
from migration_app.workloads.drafts import Draft
from migration_app.workloads.errors import UnreadableFile
from migration_app.workloads.readers import Problem, begin
from migration_app.workloads.sources import found_in
from migration_app.workloads.uploads import survey
from tests.workloads.sources.reading import FIXTURES

FILES = {
    f"{path.parent.name}/{path.name}": path.read_bytes()
    for path in sorted(FIXTURES.rglob("*"))
    if path.is_file()
}
LINES = {name: content.splitlines(True) for name, content in FILES.items() if name.endswith(".jsonl")}
QUICK = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
PLACE = st.floats(0, 1, exclude_max=True)
JUNK = st.sampled_from(
    [b'"', b"\0", b"\n", b"{", b"]", b",", b"\xff", b"- ", b": ", b"null", b"{{", b"\\ud800"]
)
DAMAGE = st.lists(
    st.one_of(
        st.tuples(st.just("cut"), PLACE, st.integers(1, 400)),
        st.tuples(st.just("put"), PLACE, JUNK | st.binary(min_size=1, max_size=6)),
        st.tuples(st.just("flip"), PLACE, st.integers(1, 255)),
        st.tuples(st.just("end"), PLACE, st.just(0)),
    ),
    min_size=1,
    max_size=5,
)


def damaged(content: bytes, damage) -> bytes:
    for kind, place, what in damage:
        at = int(place * len(content))
        if kind == "cut":
            content = content[:at] + content[at + what :]
        elif kind == "put":
            content = content[:at] + what + content[at:]
        elif kind == "flip" and content:
            content = content[:at] + bytes([content[at] ^ what]) + content[at + 1 :]
        elif kind == "end":
            content = content[:at]
    return content


def sound(found: list, lines: int) -> None:
    """Whatever was found can be stored, and whatever was not is a sentence about a line."""
    for one in found:
        assert isinstance(one, Draft | Call | Skipped | Problem)
        assert 1 <= one.line <= lines + 1
        if isinstance(one, Problem):
            assert one.message.strip()[-1] in ".)"
        elif isinstance(one, Draft):
            assert len(one.content_hash) == 64
            assert any(message["role"] in ("user", "tool") for message in one.messages)
            assert one.messages[-1]["role"] != "assistant"


@pytest.mark.parametrize("name", FILES)
@QUICK
@given(damage=DAMAGE)
def test_damage_gives_a_sentence_or_samples_and_never_an_accident(name, damage):
    content = damaged(FILES[name], damage)
    file = io.BytesIO(content)
    lines = content.count(b"\n") + content.count(b"\r") + 1
    source = name.split("/")[0]
    try:
        seen, _ = survey(file, name)
        whole = begin(file, name)
    except UnreadableFile as refusal:
        assert str(refusal).strip()[-1] in ".)"
        return
    sound(list(found_in(file, replace(seen, rows=0), {"prompt": "x"})), lines)
    sound(list(found_in(file, replace(whole, source=source, chosen=True), {})), lines)


def paths(value, here=()):
    """Every place in a JSON value."""
    if here:
        yield here
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, deeper in inner:
        yield from paths(deeper, (*here, key))


def put(value, place, odd):
    if not place:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[place[0]] = put(value[place[0]], place[1:], odd)
    return copy


ODD = st.sampled_from(
    [
        None,
        -1,
        1e18,
        "",
        "[",
        '[{"role": 5}]',
        [],
        {},
        [[]],
        [None],
        ["x"],
        {"role": ["x"], "content": {}},
        True,
    ]
    + [
        {"type": ["x"]},
        "[" * 300 + "]" * 300,
        '["\\u0000"]',
        "9999-99-99",
        {"parts": 5},
        [{"function": {"name": 5}}],
    ]
)


@pytest.mark.parametrize("name", LINES)
@QUICK
@given(data=st.data())
def test_a_value_of_the_wrong_kind_costs_its_line_at_most(name, data):
    at = data.draw(st.integers(0, len(LINES[name]) - 1))
    line = orjson.loads(LINES[name][at])
    changed = put(line, data.draw(st.sampled_from(list(paths(line)))), data.draw(ODD))
    found = of_lines(name, [*LINES[name][:at], orjson.dumps(changed), *LINES[name][at + 1 :]])
    sound(found, len(LINES[name]))
    if not name.startswith("openai_batch"):
        assert set(kept(found)) >= set(kept(of_lines(name, LINES[name][:at] + LINES[name][at + 1 :])))
    for one in found:
        assert not isinstance(one, Draft) or "\\x00" not in repr([one.messages, one.logged])


def of_lines(name: str, lines: list[bytes]) -> list:
    content = b"".join(line.rstrip(b"\n") + b"\n" for line in lines)
    file = io.BytesIO(content)
    return list(found_in(file, replace(begin(file, name), source=name.split("/")[0]), {}))


def kept(found: list) -> list[str]:
    """What the good lines gave, whatever their places are."""
    drafts = [one.prompt_hash + one.external_id for one in found if isinstance(one, Draft)]
    return sorted(drafts + [f"call {one.at}" for one in found if isinstance(one, Call)])


@pytest.mark.parametrize("name", LINES)
@QUICK
@given(data=st.data())
def test_lines_in_any_order_give_the_same_samples(name, data):
    shuffled = data.draw(st.permutations(LINES[name]))
    assert kept(of_lines(name, shuffled)) == kept(of_lines(name, LINES[name]))


@pytest.mark.parametrize("name", LINES)
@QUICK
@given(data=st.data())
def test_a_damaged_line_never_costs_another(name, data):
    """The damaged line is a problem with its number, or still means something; the rest is as it was."""
    at = data.draw(st.integers(0, len(LINES[name]) - 1))
    line = LINES[name][at].rstrip(b"\n")
    broken = data.draw(
        st.sampled_from(
            [line[: len(line) // 2], line[1:], b"\xff" + line, b"!" + line, line + b"}", b"[1]", b"\0"]
        )
    )
    others = LINES[name][:at] + LINES[name][at + 1 :]
    found = of_lines(name, [*LINES[name][:at], broken, *LINES[name][at + 1 :]])
    if name.startswith("openai_batch"):
        return  # its lines depend on each other; see its own tests
    assert kept(found) == kept(of_lines(name, others))
    assert at + 1 in [one.line for one in found if isinstance(one, Problem)]


@pytest.mark.parametrize("name", [name for name in LINES if not name.startswith("openai_batch/output")])
@QUICK
@given(data=st.data())
def test_a_line_that_comes_twice_gives_its_samples_twice(name, data):
    again = data.draw(st.sampled_from(LINES[name]))
    once, twice = of_lines(name, LINES[name]), of_lines(name, [*LINES[name], again])
    alone = of_lines(name, [again])
    assert kept(twice) == sorted(kept(once) + kept(alone))
