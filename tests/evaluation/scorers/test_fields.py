import json
import time

import pytest

from migration_app.evaluation.scorers import BadParameter, build

REFERENCE = json.dumps({"order": "QM-20417", "date": "2026-03-14", "amount": 89.5})


def test_all_fields_right_scores_one(ask):
    score = ask("field_f1", '{"amount": 89.50, "date": "2026-03-14", "order": "qm-20417"}', REFERENCE)
    assert score.value == 1
    assert score.explanation == "3 of 3 fields right."


# Wanted: 3 facts. Said: order right, date wrong → TP = 1, said 2, wanted 3.
@pytest.mark.parametrize(("measure", "value"), [("precision", 1 / 2), ("recall", 1 / 3), ("f1", 2 / 5)])
def test_the_three_measures_by_hand(ask, measure, value):
    score = ask("field_f1", '{"order": "QM-20417", "date": "2026-03-15"}', REFERENCE, measure=measure)
    assert score.value == pytest.approx(value)


def test_the_explanation_names_the_fields(ask):
    score = ask("field_f1", '{"order": "QM-20417", "date": "2026-03-15", "note": "x"}', REFERENCE)
    assert score.explanation == (
        "1 of 3 fields right; missed or wrong: date, amount; wrong or made up: date, note."
    )


def test_an_invented_value_costs_and_a_null_or_absent_field_does_not(ask):
    reference = '{"order": "QM-1", "date": null}'
    assert ask("field_f1", '{"order": "QM-1", "date": null}', reference).value == 1
    assert ask("field_f1", '{"order": "QM-1"}', reference).value == 1
    # TP = 1, said 2, wanted 1: F1 = 2·1/3.
    assert ask("field_f1", '{"order": "QM-1", "date": "2026-01-01"}', reference).value == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("measure", "said", "wanted", "value"),
    [
        ("f1", "{}", "{}", 1),
        ("precision", "{}", '{"a": 1}', 0),
        ("recall", '{"a": 1}', "{}", 1),
        ("f1", '{"a": 1}', "{}", 0),
        ("precision", "{}", "{}", 1),
    ],
)
def test_nothing_said_or_nothing_wanted_never_divides_by_zero(ask, measure, said, wanted, value):
    assert ask("field_f1", said, wanted, measure=measure).value == value


def test_lists_are_compared_without_order_and_with_repetition(ask):
    # Wanted a, a, b; said b, a, c → TP = 2 of 3 on both sides.
    score = ask("field_f1", '{"tags": ["b", "a", "c"]}', '{"tags": ["a", "a", "b"]}')
    assert score.value == pytest.approx(2 / 3)


BASKET = '{"items": [{"sku": "A", "price": 2}, {"sku": "B", "price": 3}]}'


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ('{"items": [{"sku": "B", "price": 3}, {"sku": "A", "price": 2}]}', 1),
        # The two prices changed places: each item is half right, so 2 facts of 4 on both sides.
        ('{"items": [{"sku": "A", "price": 3}, {"sku": "B", "price": 2}]}', 1 / 2),
        # One item left out: TP = 2, said 2, wanted 4.
        ('{"items": [{"sku": "B", "price": 3}]}', 2 / 3),
        # Made up beside both: TP = 4, said 6, wanted 4.
        ('{"items": [{"sku": "C", "price": 9}, {"sku": "A", "price": 2}, {"sku": "B", "price": 3}]}', 8 / 10),
        ('{"items": {"sku": "A", "price": 2}}', 0),
        ('{"items": []}', 0),
    ],
)
def test_items_of_a_list_are_paired_so_that_what_belongs_together_is_compared(ask, said, value):
    assert ask("field_f1", said, BASKET).value == pytest.approx(value)


def test_lists_inside_lists_are_paired_as_well(ask):
    wanted = [{"room": 1, "beds": [{"of": "x", "size": 2}]}, {"room": 2, "beds": [{"of": "y", "size": 1}]}]
    said = [{"room": 2, "beds": [{"of": "y", "size": 2}]}, {"room": 1, "beds": [{"of": "x", "size": 1}]}]
    assert ask("field_f1", json.dumps(wanted[::-1]), json.dumps(wanted)).value == 1
    assert ask("field_f1", json.dumps(said), json.dumps(wanted)).value == pytest.approx(4 / 6)


def test_the_order_of_a_list_counts_where_it_is_asked_for(ask):
    assert ask("field_f1", "[[1, 2]]", "[[2, 1]]").value == 1
    assert ask("field_f1", "[[1, 2]]", "[[2, 1]]", ordered_lists=True).value == 0
    assert ask("field_f1", '[{"a": 1}, {"a": 2}]', '[{"a": 1}, {"a": 3}]', ordered_lists=True).value == 1 / 2


def test_very_long_lists_end_and_equal_ones_are_still_right(ask):
    many = [{"id": number, "tags": [{"t": number}]} for number in range(2_000)]
    began = time.process_time()
    assert ask("field_f1", json.dumps(many[::-1]), json.dumps(many)).value == 1
    wrong = [{"id": number, "tags": [{"t": -1}]} for number in range(2_000)]
    assert ask("field_f1", json.dumps(wrong), json.dumps(many)).value == pytest.approx(1 / 2)
    assert time.process_time() - began < 5


def test_an_expected_answer_may_have_been_recorded_in_its_fence(ask):
    assert ask("field_f1", REFERENCE, f"```json\n{REFERENCE}\n```").value == 1


def test_nested_fields_are_told_apart_by_their_path(ask):
    reference = '{"from": {"city": "Leeds"}, "to": {"city": "Ghent"}}'
    assert ask("field_f1", '{"from": {"city": "Ghent"}, "to": {"city": "Leeds"}}', reference).value == 0
    assert ask("field_f1", reference, reference).value == 1


class TestTypes:
    @pytest.mark.parametrize(
        ("kind", "said", "wanted", "value"),
        [
            ("number", "£89.50", 89.5, 1),
            ("number", "1,249.00", 1249, 1),
            ("number", "2 at £89.50", 89.5, 0),
            ("number", True, 1, 0),
            ("date", "2026-03-14T09:30:00Z", "2026-03-14", 1),
            ("date", "14/03/2026", "2026-03-14", 0),
            ("date", "2026-02-30", "2026-03-02", 0),
            ("date", "2026/3/14", "2026-03-14", 1),
            ("datetime", "2026-03-14T10:00:00Z", "2026-03-14T11:00:00+01:00", 1),
            ("datetime", "2026-03-14 10:00", "2026-03-14T10:00:00Z", 1),
            ("datetime", "2026-03-14T23:59:00Z", "2026-03-14T10:00:00Z", 0),
            ("datetime", "2026-03-14", "2026-03-14T10:00:00Z", 0),
            ("boolean", "Yes", True, 1),
            ("boolean", "no", True, 0),
            ("text", "Sage-Green", "sage green", 1),
            ("exact", "Sage green", "sage green", 0),
            ("exact", "sage green", "sage green", 1),
        ],
    )
    def test_a_named_type_decides_what_is_equal(self, ask, kind, said, wanted, value):
        score = ask("field_f1", json.dumps({"f": said}), json.dumps({"f": wanted}), fields={"f": kind})
        assert score.value == value

    def test_unnamed_fields_take_the_type_of_the_reference(self, ask):
        assert ask("field_f1", '{"n": "45.0", "ok": "true"}', '{"n": 45, "ok": true}').value == 1
        assert ask("field_f1", '{"at": "2026-03-14T23:00Z"}', '{"at": "2026-03-14T10:00Z"}').value == 0

    def test_an_unknown_type_is_refused(self):
        with pytest.raises(BadParameter, match="use one of text, exact"):
            build("field_f1", fields={"f": "colour"})


def test_an_answer_that_is_not_json_scores_zero(ask):
    score = ask("field_f1", "Order QM-20417", REFERENCE)
    assert score.value == 0
    assert "not JSON" in score.explanation


def test_a_fenced_answer_counts_unless_forbidden(ask):
    fenced = f"```json\n{REFERENCE}\n```"
    assert ask("field_f1", fenced, REFERENCE).value == 1
    assert "code fence" in ask("field_f1", fenced, REFERENCE).explanation
    assert ask("field_f1", fenced, REFERENCE, allow_fence=False).value == 0


def test_a_reference_that_is_not_json_leaves_the_sample_unscored_even_for_a_bad_answer(ask):
    assert ask("field_f1", "{}", "order 20417").value is None
    assert ask("field_f1", "nothing", "order 20417").value is None


def test_the_best_of_several_references_counts(ask):
    assert ask("field_f1", '{"a": 2}', '{"a": 1}', '{"a": 2}').value == 1
