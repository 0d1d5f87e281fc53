import dataclasses

import pytest

from migration_app.evaluation.scorers import (
    DEFAULT_SCORER,
    SCORERS,
    Answer,
    BadParameter,
    Expected,
    Score,
    UnknownScorer,
    build,
    label_of,
    parameters_of,
    settings_of,
)

# They say that a setting is missing instead of scoring by nothing.
NEEDS_A_SETTING = {
    "json_schema",
    "regex",
    "not_contains",
    "length",
    "language",
    "composite",
    "rubric_judge",
    "pairwise_judge",
}


@pytest.mark.parametrize("name", SCORERS)
class TestEveryScorer:
    def test_has_a_label_and_one_sentence(self, name):
        scorer = SCORERS[name]
        assert scorer.name == name
        assert scorer.label[0].isupper()
        assert scorer.explanation.endswith(".")
        assert isinstance(scorer.needs_reference, bool)

    def test_describes_each_parameter(self, name):
        for item in parameters_of(SCORERS[name]):
            assert item.kind in {"boolean", "number", "choice", "mapping", "text", "prose", "lines", "parts"}
            assert item.explanation.endswith((".", "?"))
            assert bool(item.choices) == (item.kind == "choice")
            assert not item.choices or item.default in item.choices

    def test_is_made_again_from_its_settings(self, name):
        scorer = build(name)
        assert build(name, **settings_of(scorer)) == scorer

    def test_cannot_be_changed_once_made(self, name):
        scorer = build(name)
        first = next(iter(dataclasses.fields(scorer)))
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(scorer, first.name, None)

    def test_two_copies_do_not_share_their_defaults(self, name):
        for key, value in settings_of(build(name)).items():
            if isinstance(value, dict):
                assert value is not settings_of(build(name))[key]

    def test_leaves_a_sample_without_references_unscored_if_it_needs_one(self, name):
        score = build(name)(Answer("text"), Expected())
        assert (score.value is None) == (SCORERS[name].needs_reference or name in NEEDS_A_SETTING)


def test_an_unknown_name_is_answered_with_the_names_there_are():
    with pytest.raises(UnknownScorer, match=r"no scorer named 'blue'.*exact_match.*chrf"):
        build("blue")


@pytest.mark.parametrize(
    ("name", "parameters", "sentence"),
    [
        ("numeric", {"tolerance": 1}, r"no parameter named 'tolerance'.*absolute, relative"),
        ("numeric", {"absolute": -1}, "must not be below 0"),
        ("numeric", {"absolute": float("nan")}, "must be a number"),
        ("numeric", {"absolute": float("inf")}, "must be a number"),
        ("numeric", {"absolute": 10**400}, "must be a number"),
        ("numeric", {"absolute": True}, "must be a number"),
        ("numeric", {"take": "middle"}, "one of last, first"),
        ("rouge", {"variant": 1}, "must be a word"),
        ("exact_match", {"strip": "yes"}, "must be true or false"),
        ("field_f1", {"fields": ["order"]}, "must be an object"),
        ("regex", {"pattern": 3}, "must be a text"),
        ("regex", {"pattern": "("}, "is not a regular expression"),
        ("not_contains", {"phrases": "never"}, "must be a list of texts"),
        ("length", {"min_words": 9, "max_words": 3}, "Swap them"),
        ("language", {"language": "xx"}, "must be one of same as the reference, ar"),
        ("composite", {"parts": [3]}, "must be a list of objects"),
        ("composite", {"parts": [{"name": "composite"}]}, "cannot be part of another"),
        ("composite", {"parts": [{"name": "rouge", "weight": 0}]}, "weight 0"),
        ("composite", {"parts": [{"name": "rouge", "weight": -1}]}, "from 0 to 1e"),
        ("composite", {"parts": [{"name": "rouge"}] * 9}, "8 parts at most"),
        ("composite", {"parts": [{"name": "rubric_judge"}]}, "cannot be combined"),
        ("rubric_judge", {"rubric": " "}, "a text of 1 to 8,000 characters"),
    ],
)
def test_a_wrong_parameter_is_refused_with_a_sentence(name, parameters, sentence):
    with pytest.raises(BadParameter, match=sentence):
        build(name, **parameters)


class TestScore:
    @pytest.mark.parametrize("value", [-0.1, 1.1, float("nan"), float("inf")])
    def test_lies_between_nought_and_one(self, value):
        with pytest.raises(ValueError, match="between 0 and 1"):
            Score(value)

    @pytest.mark.parametrize(("value", "reason"), [(None, None), (0.5, "no reference")])
    def test_has_a_value_or_a_reason(self, value, reason):
        with pytest.raises(ValueError, match="either a value or a reason"):
            Score(value, reason)


def test_a_scorer_is_called_by_its_label_and_no_choice_by_the_default_s():
    assert label_of("contains") == "Contains the right phrase"
    assert label_of(None) == label_of("") == build(DEFAULT_SCORER).label
    assert label_of("of_a_later_version") == "of a later version"
