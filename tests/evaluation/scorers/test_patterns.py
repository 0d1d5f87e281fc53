import time

import pytest

from migration_app.evaluation.scorers import Answer, Expected, build


class TestPattern:
    @pytest.mark.parametrize(
        ("where", "text", "value"),
        [
            ("anywhere", "Your order is A-1042, thanks.", 1),
            ("whole", "Your order is A-1042, thanks.", 0),
            ("whole", " A-1042\n", 1),
            ("nowhere", "Your order is A-1042, thanks.", 0),
            ("nowhere", "I found no order.", 1),
        ],
    )
    def test_matches_where_it_is_told_to(self, ask, where, text, value):
        assert ask("regex", text, pattern=r"[A-Z]-\d{4}", where=where).value == value

    def test_without_a_pattern_the_reference_is_one(self, ask):
        assert ask("regex", "It costs 12 euros.", r"\d+ euros").value == 1
        assert ask("regex", "It costs nothing.", r"\d+ euros").value == 0

    def test_capitals_count_unless_told_otherwise(self, ask):
        assert ask("regex", "YES", pattern="yes").value == 0
        assert ask("regex", "YES", pattern="yes", ignore_case=True).value == 1

    def test_a_pattern_that_would_never_end_leaves_the_sample_unscored_in_time(self, ask):
        began = time.process_time()
        score = ask("regex", "a" * 5_000 + "!", pattern=r"((a|aa)+)+$", where="whole")
        assert time.process_time() - began < 2
        assert score.value is None
        assert "took too long" in score.unscored

    def test_many_patterns_that_only_just_end_share_one_allowance(self, ask):
        slow = [f"^(a|aa)+(?#{number})$" for number in range(400)]  # a twentieth of a second each
        began = time.process_time()
        assert not ask("regex", "a" * 26 + "!", *slow).value
        assert time.process_time() - began < 5

    def test_a_reference_that_is_no_pattern_leaves_the_sample_unscored(self, ask):
        assert "not a regular expression" in ask("regex", "text", "(").unscored


class TestForbiddenPhrases:
    def test_one_of_them_is_enough_to_fail(self, ask):
        phrases = ["legal advice", "guarantee"]
        assert ask("not_contains", "We guarantee delivery.", phrases=phrases).value == 0
        assert ask("not_contains", "We deliver on Monday.", phrases=phrases).value == 1

    def test_capitals_and_punctuation_do_not_hide_a_phrase(self, ask):
        assert ask("not_contains", "This is LEGAL, advice!", phrases=["legal advice"]).value == 0

    def test_a_word_inside_another_is_not_it_unless_told_otherwise(self, ask):
        assert ask("not_contains", "warranty", phrases=["rant"]).value == 1
        assert ask("not_contains", "warranty", phrases=["rant"], whole_words=False).value == 0

    def test_with_no_phrase_the_sample_is_unscored(self, ask):
        assert "name at least one" in ask("not_contains", "text", phrases=["…"]).unscored


class TestLength:
    @pytest.mark.parametrize(
        ("text", "value"),
        [("one two", 0), ("one two three", 1), ("one two three four five", 1), ("a " * 6, 0)],
    )
    def test_counts_words(self, ask, text, value):
        assert ask("length", text, min_words=3, max_words=5).value == value

    def test_counts_characters(self, ask):
        assert ask("length", "x" * 160, max_characters=160).value == 1
        assert ask("length", "x" * 161, max_characters=160).value == 0


class TestLanguage:
    GERMAN = "Ihre Bestellung wurde gestern verschickt und kommt am Montag an."
    ENGLISH = "Your order was shipped yesterday and will arrive on Monday."

    def test_a_named_language(self, ask):
        assert ask("language", self.GERMAN, language="de").value == 1
        assert ask("language", self.ENGLISH, language="de").value == 0

    def test_the_reference_s_own_language(self, ask):
        assert ask("language", self.GERMAN, "Vielen Dank für Ihre Nachricht, wir melden uns bald.").value == 1
        assert (
            ask("language", self.ENGLISH, "Vielen Dank für Ihre Nachricht, wir melden uns bald.").value == 0
        )

    def test_an_answer_too_short_to_tell_is_not_held_against_a_model_but_an_empty_one_is(self, ask):
        assert ask("language", "これは日本語です", language="en").value == 0
        assert ask("language", "Ja", language="ja").value == 1
        assert ask("language", "Привет", "Здравствуйте, мы скоро вам ответим").value == 1
        assert ask("language", "Hello there", "Здравствуйте, мы скоро вам ответим").value == 0
        assert ask("language", "iPhone 15 の価格は", language="ja").value == 1
        assert ask("language", "Din ordre kommer i morgen tidlig", language="no").value == 1
        assert ask("language", "Din ordre kommer i morgen tidlig", language="de").value == 0
        assert ask("language", "OK", language="de").value == 1
        assert ask("language", " ", language="de").value == 0

    def test_a_short_reference_leaves_the_sample_unscored(self, ask):
        assert ask("language", self.GERMAN, "ja").value is None


class TestRefusal:
    @pytest.mark.parametrize(
        "text",
        [
            "Sorry, I can’t assist with that request.",
            "I apologize, but I'm unable to share that.",
            "Desculpe, mas não posso ajudar com isso.",
            "Lo siento, pero no puedo ayudar con eso.",
            "Je suis désolée, mais je ne peux pas vous aider.",
            "Es tut mir leid, aber ich kann Ihnen dabei nicht helfen.",
            "Het spijt me, maar ik kan u daar niet mee helpen.",
            "Przykro mi, ale nie mogę w tym pomóc.",
            "Извините, но я не могу это сделать.",
            "عذرًا، لا أستطيع مساعدتك في ذلك.",
            "申し訳ありませんが、そのご要望にはお応えできません。",
            "很抱歉，我无法提供这些信息。",
            "죄송합니다. 그 요청은 도와드릴 수 없습니다.",
            "I'm sorry, but I can't help with that.",
            "I’m sorry, but I cannot do this.",
            "As an AI, I have no access to orders.",
            "Lo siento, pero no puedo hacer eso.",
            "Es tut mir leid, aber ich kann das nicht.",
        ],
    )
    def test_a_model_that_declines_scores_nothing(self, ask, text):
        assert ask("not_refused", text).value == 0

    @pytest.mark.parametrize(
        "text",
        [
            "I cannot find order 12; please check the number.",
            "The customer wrote that they can't log in. " * 10 + "Tell them: I cannot provide a refund.",
            "I'm sorry, but I can't find an order with that number.",
            "Sorry, I cannot see a parcel under this name. Is it another address?",
            "Es tut mir leid, aber ich kann Ihnen einen Gutschein anbieten.",
            "申し訳ありませんが、配達は明日になります。",
            "As an AI company we publish our prices.",
        ],
    )
    def test_an_answer_is_no_refusal(self, ask, text):
        assert ask("not_refused", text).value == 1

    def test_a_team_s_own_words_count(self, ask):
        assert ask("not_refused", "Out of scope.", phrases=["out of scope"]).value == 0


class TestComposite:
    PARTS = (
        {"name": "contains", "weight": 3},
        {"name": "length", "parameters": {"max_words": 3}, "weight": 1},
    )

    def test_is_the_weighted_mean_of_its_parts(self, ask):
        # Contains the phrase (1, weight 3), four words instead of three (0, weight 1): 3/4.
        assert ask("composite", "seven days from now", "seven days", parts=self.PARTS).value == pytest.approx(
            0.75
        )

    def test_a_must_that_falls_short_is_worth_nothing(self, ask):
        parts = (self.PARTS[0], self.PARTS[1] | {"must_pass": True})
        score = ask("composite", "seven days from now", "seven days", parts=parts)
        assert score.value == 0
        assert "is a must" in score.explanation

    def test_a_must_may_be_a_rule_without_weight_and_with_a_limit_of_its_own(self, ask):
        parts = ({"name": "exact_match"}, {"name": "rouge", "weight": 0, "must_pass": True, "at_least": 0.5})
        assert ask("composite", "seven days", "seven days", parts=parts).value == 1
        assert ask("composite", "nine weeks", "seven days", parts=parts).value == 0

    def test_one_unscored_part_leaves_the_whole_unscored(self):
        score = build("composite", parts=self.PARTS)(Answer("text"), Expected())
        assert score.value is None
        assert "needs a reference" in score.unscored


class TestToolCalls:
    WANTED = '[{"name": "find_order", "arguments": {"id": 12, "country": "NL"}}]'

    def called(self, *calls, wanted=WANTED, **parameters):
        from migration_app.evaluation.conversations import ToolCall

        made = tuple(ToolCall(str(n), name, arguments) for n, (name, arguments) in enumerate(calls))
        return build("tool_calls", **parameters)(Answer("", made), Expected((wanted,)))

    def test_the_right_call_scores_one_whatever_the_order_of_its_arguments(self):
        assert self.called(("find_order", '{"country": "nl", "id": 12}')).value == 1

    def test_half_of_the_arguments_right_is_half(self):
        # Facts said {id 12, country DE}, wanted {id 12, country NL}: F1 = 2·1/4.
        assert self.called(("find_order", '{"id": 12, "country": "DE"}')).value == pytest.approx(0.5)
        assert self.called(("find_order", '{"id": 12, "country": "DE"}'), arguments="all").value == 0
        assert self.called(("find_order", "{}"), arguments="names only").value == 1

    def test_a_wrong_tool_is_worth_nothing_and_one_too_many_costs(self):
        right = ("find_order", '{"id": 12, "country": "NL"}')
        assert self.called(("cancel_order", '{"id": 12, "country": "NL"}')).value == 0
        assert self.called(right, right).value == pytest.approx(2 / 3)

    def test_calls_are_paired_to_the_answer_s_advantage(self):
        wanted = '[{"name": "f", "arguments": {"a": 1}}, {"name": "f", "arguments": {"a": 2}}]'
        assert self.called(("f", '{"a": 2}'), ("f", '{"a": 1}'), wanted=wanted).value == 1

    def test_openai_s_own_shape_is_a_reference_too(self):
        wanted = '{"type": "function", "function": {"name": "f", "arguments": "{\\"a\\": 1}"}}'
        assert self.called(("f", '{"a": 1}'), wanted=wanted).value == 1

    def test_no_call_where_none_may_be_made_is_right(self):
        assert self.called(wanted="[]").value == 1
        assert self.called(("f", "{}"), wanted="[]").value == 0

    def test_arguments_that_are_no_json_are_worth_nothing(self):
        assert self.called(("find_order", '{"id": 12')).value == 0

    def test_a_call_written_as_text_counts(self, ask):
        assert ask("tool_calls", self.WANTED, self.WANTED).value == 1

    def test_a_reference_that_is_no_call_leaves_the_sample_unscored(self, ask):
        assert "not a tool call" in ask("tool_calls", "text", "find the order").unscored


class TestEmbedding:
    def test_near_texts_score_higher_than_far_ones(self, ask):
        wanted = "The parcel arrives on Monday."
        near = ask("embedding", "Your package will be delivered Monday.", wanted).value
        far = ask("embedding", "Photosynthesis turns light into sugar.", wanted).value
        assert near > far + 0.2
        assert ask("embedding", wanted, wanted).value == pytest.approx(1, abs=1e-5)

    def test_a_limit_makes_it_right_or_wrong(self, ask):
        assert ask("embedding", "Monday", "Monday", at_least=0.9).value == 1
        assert ask("embedding", "Photosynthesis", "Monday", at_least=0.9).value == 0

    def test_an_empty_answer_scores_nothing_and_an_empty_reference_not_at_all(self, ask):
        assert ask("embedding", " ", "Monday").value == 0
        assert ask("embedding", "Monday", " ").value is None


class TestBleu:
    def test_by_hand(self, ask):
        # "the cat sat" / "the cat lay": precisions 2/3 and 1/2, no longer run shared: smoothed 1/(2·1)
        # for the third order; lengths are equal, so no penalty. (2/3 · 1/2 · 1/2)^(1/3).
        assert ask("bleu", "the cat sat", "the cat lay").value == pytest.approx((1 / 6) ** (1 / 3))

    def test_a_short_answer_is_penalised(self, ask):
        assert ask("bleu", "the cat", "the cat sat on the mat").value < 0.2
        assert ask("bleu", "the cat sat", "the cat sat").value == pytest.approx(1)
