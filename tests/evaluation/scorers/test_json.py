import json
import time

import pytest

from migration_app.evaluation.conversations import ToolCall
from migration_app.evaluation.scorers import Answer, BadParameter, Expected, build

ORDER = {
    "type": "object",
    "properties": {"order": {"type": "string", "pattern": "^QM-[0-9]{5}$"}, "amount": {"type": "number"}},
    "required": ["order"],
    "additionalProperties": False,
}


class TestJsonValidity:
    @pytest.mark.parametrize("text", ['{"a": 1}', "[]", "null", ' "text"\n', "\ufeff{}", '{"a": "\\ud800"}'])
    def test_json_is_valid(self, ask, text):
        assert ask("json_validity", text).value == 1

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("", "empty"),
            ("{'a': 1}", "line 1, column 2"),
            ('{"a": 1,}', "column"),
            ('{"a": NaN}', "NaN"),
            ("[1e999]", "too large"),
            ('{"a": 1} thanks', "follows the JSON at character 10"),
            ('Here it is: {"a": 1}', "line 1, column 1"),
        ],
    )
    def test_what_is_not_json_is_wrong_and_the_reason_is_given(self, ask, text, why):
        score = ask("json_validity", text)
        assert score.value == 0
        assert why in score.explanation

    @pytest.mark.parametrize(
        "text",
        [
            '```json\n{"a": 1}\n```',
            '```\n{"a": 1}```',
            'Sure!\n```JSON\n{"a": 1}\n```\nAnything else?',
            'Here:\n\n  ```jsonc\n  {"a": 1}\n  ```\n',
            '```json {"a": 1}```',
            '```json\r\n{"a": 1}\r\n```',
            '``` JavaScript\n{"a": "```"}\n```\n```json\n{"b": 2}\n```',
        ],
    )
    def test_a_code_fence_is_opened_and_mentioned(self, ask, text):
        score = ask("json_validity", text)
        assert score.value == 1
        assert "code fence" in score.explanation

    def test_a_code_fence_is_wrong_where_it_is_not_allowed(self, ask):
        assert ask("json_validity", '```json\n{"a": 1}\n```', allow_fence=False).value == 0

    def test_a_fence_that_never_closes_is_not_json(self, ask):
        assert ask("json_validity", '```json\n{"a": 1}').value == 0

    def test_backticks_inside_a_string_are_no_fence(self, ask):
        assert ask("json_validity", '{"code": "```x```"}').value == 1

    def test_an_object_can_be_demanded(self, ask):
        assert ask("json_validity", "[1]", object_only=True).value == 0
        assert ask("json_validity", "{}", object_only=True).value == 1

    def test_the_arguments_of_a_tool_call_stand_in_for_an_empty_text(self):
        answer = Answer("", (ToolCall("1", "save", '{"a": 1}'),))
        score = build("json_validity")(answer, Expected())
        assert score.value == 1
        assert "tool call" in score.explanation


class TestJsonSchema:
    def test_an_answer_that_follows_the_schema_is_right(self, ask):
        assert ask("json_schema", '{"order": "QM-20417", "amount": 3}', schema=ORDER).value == 1

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ('{"amount": 3}', "'order' is a required property"),
            ('{"order": "20417"}', "order: “20417” does not match"),
            ('{"order": "QM-20417", "amount": "3"}', "amount: '3' is not of type 'number'"),
            ('{"order": "QM-20417", "note": ""}', "“note” is not an expected field"),
            ("[]", "the value: [] is not of type 'object'"),
            ("order", "not JSON"),
        ],
    )
    def test_a_broken_rule_is_named(self, ask, text, why):
        score = ask("json_schema", text, schema=ORDER)
        assert score.value == 0
        assert why in score.explanation

    def test_the_samples_own_response_format_is_used(self):
        expected = Expected((), {"type": "json_schema", "json_schema": {"name": "order", "schema": ORDER}})
        scorer = build("json_schema")
        assert scorer(Answer('{"order": "QM-20417"}'), expected).value == 1
        assert scorer(Answer('{"order": 1}'), expected).value == 0

    def test_without_any_schema_the_sample_is_unscored(self, ask):
        score = ask("json_schema", "{}")
        assert score.value is None
        assert "no JSON schema" in score.unscored

    def test_local_references_are_followed(self, ask):
        schema = {"$defs": {"yes": {"const": "yes"}}, "properties": {"a": {"$ref": "#/$defs/yes"}}}
        assert ask("json_schema", '{"a": "yes"}', schema=schema).value == 1
        assert ask("json_schema", '{"a": "no"}', schema=schema).value == 0

    @pytest.mark.parametrize(
        ("text", "value"), [("[1, 1.0]", 0), ("[1, true]", 1), ('[{"a": 1}, {"a": 2}]', 1)]
    )
    def test_unique_items_follow_json_equality(self, ask, text, value):
        assert ask("json_schema", text, schema={"uniqueItems": True}).value == value

    def test_pattern_properties_open_extra_fields(self, ask):
        schema = {
            "patternProperties": {"^x-": {"type": "integer"}},
            "additionalProperties": {"type": "string"},
        }
        assert ask("json_schema", '{"x-a": 1, "b": "c"}', schema=schema).value == 1
        assert ask("json_schema", '{"x-a": "1"}', schema=schema).value == 0
        assert ask("json_schema", '{"b": 1}', schema=schema).value == 0

    def test_older_drafts_keep_their_own_rules(self, ask):
        schema = {
            "$schema": "http://json-schema.org/draft-04/schema#",
            "minimum": 3,
            "exclusiveMinimum": True,
        }
        assert ask("json_schema", "3", schema=schema).value == 0

    @pytest.mark.parametrize(
        "schema", [{"type": "text"}, {"type": 3}, {"minimum": float("nan")}, {"a": {1, 2}}]
    )
    def test_a_wrong_schema_is_refused_when_the_scorer_is_made(self, schema):
        with pytest.raises(BadParameter, match="JSON schema"):
            build("json_schema", schema=schema)

    def test_a_wrong_schema_in_a_sample_leaves_it_unscored(self):
        expected = Expected((), {"json_schema": {"schema": {"type": "text"}}})
        assert "not valid" in build("json_schema")(Answer("{}"), expected).unscored

    def test_a_reference_to_another_machine_is_never_fetched(self, ask):
        score = ask("json_schema", "{}", schema={"$ref": "http://127.0.0.1:9/schema.json"})
        assert score.value is None
        assert "cannot be followed" in score.unscored

    def test_a_schema_that_refers_to_itself_for_ever_is_given_up(self, ask):
        assert "without end" in ask("json_schema", "{}", schema={"$ref": "#"}).unscored

    def test_a_schema_that_doubles_at_each_level_is_given_up(self, ask):
        levels = {f"l{n}": {"allOf": [{"$ref": f"#/$defs/l{n + 1}"}] * 2} for n in range(30)}
        schema = {"$defs": levels | {"l30": {"type": "object"}}, "$ref": "#/$defs/l0"}
        assert "too involved" in ask("json_schema", "{}", schema=schema).unscored

    def test_a_runaway_pattern_is_given_up(self, ask):
        text = json.dumps("a" * 60 + "!")
        score = ask("json_schema", text, schema={"pattern": "^(a|aa)+$"})
        assert score.value is None
        assert "takes too long" in score.unscored

    def test_patterns_that_only_just_end_are_given_up_together(self, ask):
        text = json.dumps(["a" * 26 + "!"] * 2_000)  # each matches, after a twentieth of a second
        began = time.process_time()
        score = ask("json_schema", text, schema={"items": {"pattern": "^(a|aa)+$|!$"}})
        assert "takes too long" in score.unscored
        assert time.process_time() - began < 5

    def test_a_runaway_pattern_for_field_names_is_given_up(self, ask):
        text = json.dumps({"a" * 60 + "!": 1})
        schema = {"patternProperties": {"^(a|aa)+$": {}}, "additionalProperties": False}
        assert "takes too long" in ask("json_schema", text, schema=schema).unscored
