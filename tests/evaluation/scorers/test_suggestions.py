import json

import pytest

from migration_app.evaluation.scorers import Expected, build, suggest


def suggested(*references: str):
    return suggest(Expected((reference,)) for reference in references)


def test_json_objects_are_compared_by_field_with_the_types_they_show():
    suggestion = suggested(
        '{"order": "QM-1", "date": "2026-01-02", "amount": null, "paid": true}',
        '{"order": "QM-2", "date": null, "amount": 3.5, "paid": false}',
    )
    assert suggestion.name == "field_f1"
    assert suggestion.parameters == {
        "fields": {"order": "text", "date": "date", "amount": "number", "paid": "boolean"}
    }


def test_a_field_that_mixes_types_is_compared_as_text():
    assert suggested('{"a": 1}', '{"a": "one"}').parameters == {"fields": {"a": "text"}}


def test_a_field_that_is_always_null_is_compared_as_text():
    assert suggested('{"a": null}').parameters == {"fields": {"a": "text"}}


@pytest.mark.parametrize(
    "references",
    [
        ("12", "£1,249.00", "-3.5"),
        ("40%", "12 %", "7"),
        ("1 200", "3"),
        ("R$ 5,00", "USD 12"),
        ("1e6", "-2.5E-3"),
    ],
)
def test_numbers_are_compared_by_value(references):
    assert suggested(*references).name == "numeric"


@pytest.mark.parametrize(
    "references", [("2026-03-14", "2026-04-01"), ("10:30", "9:15"), ("12 days", "7 days")]
)
def test_dates_times_and_quantities_are_not_mistaken_for_numbers(references):
    assert suggested(*references).name != "numeric"


def test_numbers_with_a_decimal_comma_are_read_by_it():
    assert suggested("1.234,50", "0,5", "12").parameters == {"decimal_mark": ","}
    assert suggested("1,234.50", "0.5", "1.234").parameters == {}


@pytest.mark.parametrize(
    "references",
    [("QM-1042", "QM-1043", "QM-2001"), ("2026-03-14", "2026-04-01"), ("ana@example.org", "bo@example.org")],
)
def test_single_words_that_differ_must_be_the_same(references):
    assert suggested(*references).name == "normalised_match"


def test_json_lists_and_json_in_fences_are_compared_by_field():
    suggestion = suggested('[{"sku": "A", "price": 2}]', "[]")
    assert (suggestion.name, suggestion.parameters) == (
        "field_f1", {"fields": {"[].sku": "text", "[].price": "number"}}
    )  # fmt: skip
    assert suggested('```json\n{"a": 1}\n```').parameters == {"fields": {"a": "number"}}


CODE = (
    "def area(r):\n    return 3.14 * r ** 2\n",
    "```python\nprint('hi')\n```",
    "SELECT name FROM users\nWHERE id = 3;",
    "const f = (x) => {\n  return x + 1;\n};",
)


def test_code_asks_for_shared_letters_and_prose_does_not():
    assert suggested(*CODE).name == "chrf"
    prose = "For more of this, return the form: we import all (most) goods from there. Let us know. " * 3
    assert suggested(prose, prose).name == "rouge"


def test_a_few_answers_in_a_script_without_spaces_are_enough_for_letters():
    spaced = [f"{word} or three words" for word in "abcdefgh"]
    assert suggested(*spaced, "東京へ行きます", "明日は雨です").name == "chrf"


def test_long_texts_are_said_to_be_a_matter_for_a_judge():
    assert "let a judge" in suggested("word " * 40).reason


def test_few_short_labels_ask_for_the_same_words():
    suggestion = suggested(*["billing", "Billing", "sales", "sales"])
    assert suggestion.name == "normalised_match"
    assert "2 in all" in suggestion.reason


def test_short_phrases_ask_for_shared_words():
    suggestion = suggested("seven days", "at the owner's cost", "the thermostat has lost the boiler")
    assert (suggestion.name, suggestion.parameters) == ("rouge", {"variant": "rouge1"})


def test_long_texts_ask_for_shared_words_in_order():
    suggestion = suggested("word " * 40, "other " * 30)
    assert (suggestion.name, suggestion.parameters) == ("rouge", {"variant": "rougeL"})


def test_scripts_without_spaces_ask_for_shared_letters():
    assert suggested("東京へ行きます", "明日は雨です").name == "chrf"


def test_one_stray_in_ten_does_not_change_the_suggestion():
    assert suggested(*[str(n) for n in range(10)], "none").name == "numeric"
    assert suggested(*[str(n) for n in range(7)], "none", "unclear", "other").name != "numeric"


def test_without_references_the_response_format_decides():
    schema = {"json_schema": {"schema": {"type": "object"}}}
    assert suggest([Expected((), schema)]).name == "json_schema"
    assert suggest([Expected((), {"type": "json_object"})]).name == "json_validity"


@pytest.mark.parametrize("samples", [[], [Expected()], [Expected(("  ",))]])
def test_with_nothing_to_compare_no_scorer_is_suggested(samples):
    suggestion = suggest(samples)
    assert suggestion.name is None
    assert "no expected answers" in suggestion.reason


@pytest.mark.parametrize(
    "reference",
    [
        json.dumps({"a": [{"b": 1}, {"b": 2.5}]}),
        "12",
        "yes",
        "a short phrase of words",
        "word " * 30,
        "東京へ",
    ],
)
def test_what_is_suggested_can_be_built_and_gives_a_reference_full_marks(reference):
    from migration_app.evaluation.scorers import Answer

    suggestion = suggested(reference)
    scorer = build(suggestion.name, **suggestion.parameters)
    assert scorer(Answer(reference), Expected((reference,))).value == 1


def test_tool_calls_are_compared_as_such_and_not_as_any_json():
    call = '{"name": "find_order", "arguments": {"id": %d}}'
    assert suggested(call % 1, call % 2).name == "tool_calls"
    assert suggested('{"name": 3, "id": 1}', '{"name": 4, "id": 2}').name == "field_f1"
