"""JSON in a file that is made to break what reads, shows or stores it costs its own row only."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile

from migration_app.workloads.queries import preview, problems_as_csv
from tests.builders import a_team
from tests.importing import import_workload, receive_upload

pytestmark = pytest.mark.django_db

GOOD = '{"prompt": "q", "reference": "r"}'
TALK = '{"messages": [{"role": "user", "content": "q"}], "reference": "r"}'


def deep(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


def function(value: str) -> str:
    return '{"prompt": "q", "tools": [{"name": "f", "x": VALUE}]}'.replace("VALUE", value)


def calling(value: str) -> str:
    call = '{"function": {"name": "f", "arguments": VALUE}}'.replace("VALUE", value)
    answer = '{"role": "assistant", "tool_calls": [CALL]}'.replace("CALL", call)
    return '{"messages": [{"role": "user", "content": "q"}, ANSWER]}'.replace("ANSWER", answer)


LIST = "[\n%s,\n%s\n]"
LINES = "%s\n%s\n"
FILES = {
    "NaN": ("a.json", LIST % (function("NaN"), GOOD)),
    "a float past every float": ("a.json", LIST % (function("1e999"), GOOD)),
    "a weight past every float": ("a.json", LIST % ('{"prompt": "q", "weight": ' + "9" * 400 + "}", GOOD)),
    "deep, in a list": ("a.json", LIST % (function(deep(900)), GOOD)),
    "deep": ("a.jsonl", LINES % (function(deep(300)), GOOD)),
    "deep as the parser goes": ("a.jsonl", LINES % (function(deep(990)), GOOD)),
    "deep with a NUL": ("a.jsonl", LINES % (function(deep(990) + ', "y": "\\u0000"'), GOOD)),
    "deep arguments": ("a.jsonl", LINES % (calling(deep(300)), TALK)),
    "a deep role": ("a.jsonl", LINES % ('{"messages": [{"role": DEEP}]}'.replace("DEEP", deep(990)), TALK)),
    "a NUL in a cell": ("a.csv", 'prompt,tools\nq,"[{""name"": ""f\\u0000""}]"\nq,\n'),
    "a list as a part's type": (
        "a.jsonl",
        LINES % ('{"messages": [{"role": "user", "content": [{"type": ["x"]}]}]}', TALK),
    ),
}


@pytest.mark.parametrize(("name", "text"), FILES.values(), ids=FILES)
def test_the_row_is_left_out_and_the_rest_is_stored(name: str, text: str) -> None:
    upload = receive_upload(team=a_team(), user=None, file=ContentFile(text.encode(), name))
    assert preview(upload).rows
    columns = upload.reading["columns"]
    wanted = {
        role: role for role in ("prompt", "messages", "tools", "weight", "reference") if role in columns
    }
    result = import_workload(upload=upload, mapping=wanted, name="Desk", user=None)
    assert (result.workload.sample_count, result.problem_count) == (1, 1)
    assert len(list(problems_as_csv(upload))) == 2


def test_integers_of_any_size_can_be_shown() -> None:
    text = LIST % ('{"prompt": "q", "reference": "r", "order": ' + "9" * 30 + "}", GOOD)
    upload = receive_upload(team=a_team(), user=None, file=ContentFile(text.encode(), "a.json"))
    assert preview(upload).rows
