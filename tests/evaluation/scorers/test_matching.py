import pytest


class TestExactMatch:
    @pytest.mark.parametrize(
        ("text", "reference", "value"),
        [
            ("billing", "billing", 1),
            (" billing\n", "billing", 1),
            ("Billing", "billing", 0),
            ("", "billing", 0),
            ("cafe\u0301", "caf\u00e9", 1),
            ("one\r\ntwo", "one\ntwo", 1),
            ("ﬁne", "fine", 0),
        ],
    )
    def test_every_character_counts_but_the_space_around(self, ask, text, reference, value):
        assert ask("exact_match", text, reference).value == value

    def test_space_around_counts_when_it_is_told_to(self, ask):
        assert ask("exact_match", "billing ", "billing", strip=False).value == 0

    def test_the_explanation_names_both_texts(self, ask):
        assert (
            ask("exact_match", "sales", "billing").explanation
            == "The answer is “sales”; “billing” was expected."
        )

    def test_an_empty_answer_is_called_empty(self, ask):
        assert "empty" in ask("exact_match", "  ", "billing").explanation

    def test_an_empty_reference_can_be_met_exactly(self, ask):
        assert ask("exact_match", "", "").value == 1

    def test_one_of_several_references_is_enough(self, ask):
        assert ask("exact_match", "NL", "Netherlands", "NL").value == 1


class TestNormalisedMatch:
    @pytest.mark.parametrize(
        ("text", "reference"),
        [
            ("Billing.", "billing"),
            ("**Billing**", "billing"),
            ("`billing`", "billing"),
            ("out of date", "Out-of-date!"),
            ("8 a.m.", "8 AM"),
            ("don't", "Don’t"),
            ("STRASSE", "Straße"),
            ("ﬁne", "fine"),
            ("cafe\u0301", "café"),
            ("bill\u200bing", "billing"),
            ("ｂｉｌｌｉｎｇ", "billing"),
            ("two\n words", "two words"),
            ("Ответ.", "ответ"),
            ("The grade: A-.", "the grade A-"),
            ("pre- and post-war", "Pre- and post war"),
        ],
    )
    def test_the_same_words_in_another_dress_match(self, ask, text, reference):
        assert ask("normalised_match", text, reference).value == 1

    @pytest.mark.parametrize(
        ("text", "reference"),
        [
            ("£6.95", "£695"),
            ("-5", "5"),
            ("10:30", "1030"),
            ("£5", "$5"),
            ("12%", "12"),
            ("billing queue", "billing"),
            ("the owner", "owner"),
            ("ответ", "вопрос"),
            ("A-", "A"),
            ("BBB-", "BBB"),
            ("C#", "C"),
            ("C++", "C"),
        ],
    )
    def test_what_carries_a_value_is_kept(self, ask, text, reference):
        assert ask("normalised_match", text, reference).value == 0

    def test_articles_can_be_ignored(self, ask):
        assert (
            ask("normalised_match", "The owner of a house", "owner of house", ignore_articles=True).value == 1
        )

    def test_articles_inside_words_are_left_alone(self, ask):
        assert ask("normalised_match", "theatre", "atre", ignore_articles=True).value == 0

    def test_a_reference_without_words_leaves_the_sample_unscored(self, ask):
        score = ask("normalised_match", "…", "!!!")
        assert score.value is None
        assert "no words" in score.unscored

    def test_a_usable_reference_beside_an_unusable_one_still_counts(self, ask):
        assert ask("normalised_match", "yes", "!!!", "Yes").value == 1


class TestContains:
    @pytest.mark.parametrize(
        ("text", "value"),
        [("It takes 14 days.", 1), ("14 DAYS", 1), ("It takes 114 days", 0), ("fourteen days", 0), ("", 0)],
    )
    def test_the_phrase_must_appear_as_whole_words(self, ask, text, value):
        assert ask("contains", text, "14 days").value == value

    def test_any_reference_is_enough_by_default(self, ask):
        assert ask("contains", "Take the lift.", "lift", "elevator").value == 1

    def test_all_references_can_be_required(self, ask):
        score = ask("contains", "name and date", "name", "date", "amount", require="all")
        assert score.value == 0
        assert "“amount”" in score.explanation
        assert ask("contains", "name, date, amount", "name", "date", "amount", require="all").value == 1

    def test_scripts_without_spaces_are_searched_as_they_are(self, ask):
        assert ask("contains", "答えは東京です", "東京").value == 1
        assert ask("contains", "答えは大阪です", "東京").value == 0
        assert ask("contains", "lifted", "lift").value == 0
        assert ask("contains", "lifted", "lift", whole_words=False).value == 1

    def test_a_reference_without_words_would_be_in_every_answer_so_it_is_unscored(self, ask):
        assert ask("contains", "anything", "...").value is None
