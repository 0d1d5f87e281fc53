import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sacrebleu.metrics import CHRF

from migration_app.evaluation.scorers import Answer, Expected, build

VARIANTS = ("rouge1", "rouge2", "rougeL")
words = st.lists(st.sampled_from(["cat", "sat", "on", "the", "mat", "dog"]), min_size=2, max_size=14).map(
    " ".join
)

# Runs that come back, words, letters of every kind; lone surrogates as well, which some models write.
letters = (
    st.text(st.sampled_from("aabb c,.É東\U0001f600\ud800 \n"), max_size=60) | st.text(max_size=40) | words
)


class TestRouge:
    # Said: the cat sat (3). Wanted: the cat lay down (4). Shared words: the, cat → 2·2/7.
    # Pairs: said 2, wanted 3, shared "the cat" → 2·1/5. Longest common sequence: 2 → 2·2/7.
    @pytest.mark.parametrize(("variant", "value"), [("rouge1", 4 / 7), ("rouge2", 2 / 5), ("rougeL", 4 / 7)])
    def test_by_hand(self, ask, variant, value):
        assert ask("rouge", "The cat sat.", "the cat lay down", variant=variant).value == pytest.approx(value)

    def test_order_matters_to_rouge_l_only(self, ask):
        assert ask("rouge", "b a", "a b", variant="rouge1").value == 1
        assert ask("rouge", "b a", "a b", variant="rougeL").value == pytest.approx(1 / 2)

    def test_a_repeated_word_counts_as_often_as_the_reference_has_it(self, ask):
        # Shared: one "a"; said 3, wanted 1 → 2·1/4.
        assert ask("rouge", "a a a", "a", variant="rouge1").value == pytest.approx(1 / 2)

    @given(said=words, wanted=words)
    def test_agrees_with_the_published_scorer(self, said, wanted):
        from rouge_score.rouge_scorer import RougeScorer

        published = RougeScorer(list(VARIANTS)).score(wanted, said)
        for variant in VARIANTS:
            own = build("rouge", variant=variant)(Answer(said), Expected((wanted,))).value
            assert own == pytest.approx(published[variant].fmeasure, abs=1e-12)

    def test_words_outside_ascii_count(self, ask):
        assert ask("rouge", "два дня", "два дня", variant="rouge1").value == 1
        assert ask("rouge", "два дня", "три дня", variant="rouge1").value == pytest.approx(1 / 2)

    def test_pairs_of_one_word_texts_fall_back_to_the_texts(self, ask):
        assert ask("rouge", "Ghent", "ghent", variant="rouge2").value == 1
        assert ask("rouge", "Leeds", "ghent", variant="rouge2").value == 0

    def test_an_empty_answer_scores_zero_and_an_empty_reference_not_at_all(self, ask):
        assert ask("rouge", "", "some words").value == 0
        assert ask("rouge", "some words", "…").value is None

    def test_the_best_of_several_references_counts(self, ask):
        assert ask("rouge", "seven days", "one week", "seven days").value == 1


class TestChrf:
    def test_by_hand(self, ask):
        # "abc" against "abd", orders 1–3 (no longer runs exist): precision = recall =
        # mean(2/3, 1/2, 0/1) = 7/18, and with P = R the F-score is the same.
        assert ask("chrf", "abc", "abd").value == pytest.approx(7 / 18)

    def test_the_same_text_scores_one_and_a_foreign_one_zero(self, ask):
        assert ask("chrf", "seven days", "seven days").value == 1
        assert ask("chrf", "xyz", "abc").value == 0

    def test_recall_weighs_double(self, ask):
        assert ask("chrf", "abcdefgh", "abcd").value > ask("chrf", "abcd", "abcdefgh").value

    def test_capitals_count_unless_told_otherwise(self, ask):
        assert ask("chrf", "ABC", "abc").value == 0
        assert ask("chrf", "ABC", "abc", ignore_case=True).value == 1

    def test_word_pairs_make_it_chrf_plus_plus(self, ask):
        said, wanted = "two days or so", "two days or more"
        published = CHRF(word_order=2).sentence_score(said, [wanted]).score / 100
        assert ask("chrf", said, wanted, word_pairs=True).value == pytest.approx(published)
        assert ask("chrf", said, wanted).value != pytest.approx(published)

    @settings(max_examples=300)
    @given(said=letters, wanted=letters, ignore_case=st.booleans(), word_pairs=st.booleans())
    def test_agrees_with_the_published_scorer_to_the_last_digit(self, said, wanted, ignore_case, word_pairs):
        assume(wanted.strip())
        published = CHRF(lowercase=ignore_case, word_order=2 if word_pairs else 0)
        own = build("chrf", ignore_case=ignore_case, word_pairs=word_pairs)(Answer(said), Expected((wanted,)))
        assert own.value == min(1.0, published.sentence_score(said, [wanted]).score / 100)

    @pytest.mark.parametrize("many", [1_020, 1_024, 1_100])
    def test_a_text_of_a_thousand_different_letters_agrees_too(self, ask, many):
        """Six of them in a row fill a whole number, or are too many for one."""
        said = "".join(map(chr, range(0x4E00, 0x4E00 + many)))
        for wanted in (said[::-1], said[40:] + "、".join(said[:200]), "a" + said):
            published = CHRF().sentence_score(said, [wanted]).score / 100
            assert ask("chrf", said, wanted).value == min(1.0, published)

    def test_scripts_without_spaces_are_scored(self, ask):
        assert 0 < ask("chrf", "東京都です", "東京です").value < 1

    def test_an_empty_reference_leaves_the_sample_unscored(self, ask):
        assert ask("chrf", "text", " ").value is None
        assert ask("chrf", "", "text").value == 0
