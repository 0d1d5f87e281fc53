"""promptfoo's tests and results, and the prompts that are put together for them."""

import time
from contextlib import suppress

import orjson
import pytest

from migration_app.workloads.errors import BadRow, UnreadableFile
from migration_app.workloads.shapes.templates import render
from tests.workloads.files import read
from tests.workloads.sources.reading import fixture, gives


def test_each_prompt_is_put_together_with_each_tests_variables():
    found = gives(fixture("promptfoo/config.yaml"), "promptfooconfig.yaml")
    asked = [draft.messages[-1]["content"] for draft in found.drafts]
    assert asked == [
        "Answer in one word. What is the capital of France?",
        "Capital of FRANCE?",
        "Answer in one word. What is the capital of Perú?",
        "Capital of PERÚ (south)?",
    ]
    assert found.drafts[1].messages[0] == {"role": "system", "content": "Be brief."}
    assert [draft.line for draft in found.drafts] == [12, 12, 16, 16]
    assert found.drafts[0].cluster == found.drafts[1].cluster != found.drafts[2].cluster
    assert (found.drafts[0].references, found.drafts[0].category) == (["Paris"], "europe")


def test_what_is_not_in_the_file_and_what_only_a_judge_can_check_is_said():
    warnings = {
        sentence for draft in gives(fixture("promptfoo/config.yaml")).drafts for sentence in draft.warnings
    }
    assert any("files of their own" in sentence for sentence in warnings)
    assert any("llm-rubric" in sentence for sentence in warnings)


def test_a_tests_table_gives_expected_answers_with_and_without_prefix():
    drafts = gives(fixture("promptfoo/tests.csv"), "tests.csv").drafts
    assert [(draft.references, draft.category, draft.external_id) for draft in drafts] == [
        (["4", "four"], "math", "adds"),
        (["hello"], "talk", "greets"),
    ]


def test_lists_among_the_variables_are_tests_of_their_own():
    drafts = gives(fixture("promptfoo/tests.jsonl"), "tests.jsonl").drafts
    assert [draft.messages[0]["content"] for draft in drafts] == ["2+2?", "3+3?", "4+4?"]
    assert drafts[2].references == ["6", "8"]


def test_a_run_of_several_models_gives_each_test_once():
    found = gives(fixture("promptfoo/results.json"), "results.json")
    first, failed = found.drafts
    assert first.logged["text"] == "Paris"
    assert (first.logged["latency_s"], first.logged["cost_usd"]) == (0.42, 0.0001)
    assert (failed.logged, failed.call.failed) == (None, True)
    assert [one.line for one in found.skipped] == [8]


def test_a_broken_test_in_yaml_costs_only_itself():
    content = fixture("promptfoo/config.yaml").replace(
        b"    vars: {country: France}\n", b"    vars: {country: [France}\n"
    )
    found = gives(content, "config.yaml")
    assert {draft.line for draft in found.drafts} == {16}
    assert [problem.line for problem in found.problems] == [12]
    assert "not valid YAML (line 13)" in found.problems[0].message
    assert found.drafts[0].messages[-1]["content"].endswith("Perú?")


def test_yaml_that_refers_to_itself_is_refused_quickly():
    lines = ["tests:", "- vars: &a {q: x}"]
    for name, before in zip("bcdefghijk", "abcdefghij", strict=True):
        lines.append(f"- vars: &{name} {{" + ", ".join(f"k{n}: *{before}" for n in range(9)) + "}")
    begun = time.process_time()
    with pytest.raises(UnreadableFile, match="refers to its own parts"):
        read("\n".join(lines).encode(), "tests.yaml")
    assert time.process_time() - begun < 2


def test_yaml_can_name_no_class_of_the_program():
    content = b"tests:\n- vars: {q: hello}\n- !!python/object/apply:os.system ['echo']\n"
    found = gives(content, "tests.yaml")
    assert [draft.messages[0]["content"] for draft in found.drafts] == ["hello"]
    assert [problem.line for problem in found.problems] == [3]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("Hi {{ name }}!", "Hi Ann!"),
        ("{{name|upper}} {{ name | lower | trim }}", "ANN ann"),
        ("{{ user.city }} {{ user['city'] }} {{ list[1] }}", "Bern Bern b"),
        ("{{ nothing }}|{{ nothing | default('x') }}|{{ list | join(', ') }}", "|x|a, b"),
        ("{% if name %}yes{% else %}no{% endif %}", "yes"),
        ("{% if not name %}yes{% elif name == 'Ann' %}Ann{% else %}no{% endif %}", "Ann"),
        ("{% if nothing %}{% if name %}a{% endif %}b{% endif %}c", "c"),
        ("{# said {{ to }} nobody #}x", "x"),
        ("{% raw %}{{ name }}{% endraw %}", "{{ name }}"),
        ("{{ user | dump }}", '{"city":"Bern"}'),
        ("a {{ b", "a {{ b"),
        ("{ { name } }", "{ { name } }"),
    ],
)
def test_templates(template, text):
    assert render(template, {"name": "Ann", "user": {"city": "Bern"}, "list": ["a", "b"]}) == text


@pytest.mark.parametrize(
    "template",
    [
        "{{ name.__class__ }}",
        "{{ 7 * 7 }}",
        "{{ range(10) }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{% for x in list %}{{ x }}{% endfor %}",
        "{% set x = 1 %}",
        "{% include '/etc/passwd' %}",
        "{% if name %}never ends",
        "{{ name | attr('__class__') }}",
        "{{ " + "a" * 600 + " }}",
    ],
)
def test_nothing_in_a_template_is_run(template):
    try:
        assert render(template, {"name": "Ann", "list": [1]}) in ("", "7 * 7")
    except BadRow as refusal:
        assert str(refusal).endswith((".", ")"))


def test_templates_take_time_in_proportion_to_their_length():
    begun = time.process_time()
    for mark in ("{{", "{%", "{#", "{% raw %}", "{{a}}"):
        with suppress(BadRow):
            render(mark * 50_000, {"a": "x"})
    with pytest.raises(BadRow, match="too long"):
        render("{{ a }}" * 1000, {"a": "x" * 100_000})
    assert time.process_time() - begun < 3


@pytest.mark.parametrize(
    "template",
    [
        "{{ x" + "|dump" * 90 + " }}",
        "{{ many|join(long) }}",
        "{{ long|upper|length }}" * 4_000,
        "{{ x }}" * 6_000,
    ],
    ids=["doubling", "joining", "only measuring", "marks"],
)
def test_a_template_that_makes_much_of_little_is_refused_at_once(template):
    variables = {"x": '"', "many": [""] * 100_000, "long": "a" * 100_000}
    began = time.thread_time()
    with pytest.raises(BadRow, match="too long"):
        render(template, variables)
    assert time.thread_time() - began < 2


def test_lists_are_compared_without_being_walked():
    long = [["a"] * 1_000] * 1_000
    assert render("{% if a == b %}same{% else %}two{% endif %}", {"a": long, "b": list(long)}) == "two"
    assert render("{% if a == a %}same{% endif %}", {"a": long}) == "same"


BOMB = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"] + [
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)
]


def test_an_item_of_yaml_that_refers_to_itself_in_billions_is_refused_also_where_the_rest_is_damaged():
    variables = [f"      {line}" for line in BOMB]
    lines = ["tests:", "  - vars: {question: fine}", "  - vars:", *variables, "  - [}"]
    began = time.thread_time()
    with suppress(UnreadableFile):
        read("\n".join(lines).encode(), "tests.yaml")
    assert time.thread_time() - began < 2


def test_a_prompt_written_as_yaml_may_not_refer_to_itself():
    parts = [f"    - json: {line.partition(': ')[2]}" for line in BOMB[:9]]
    prompt = "\n".join(["- role: user", "  content:", *parts])
    row = {"prompts": [prompt], "tests": [{"vars": {"x": "1"}}]}
    began = time.thread_time()
    with suppress(UnreadableFile):
        gives(orjson.dumps(row) + b"\n", "tests.jsonl")
    assert time.thread_time() - began < 2
