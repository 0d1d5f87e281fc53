"""The reasons of a verdict become sentences.

Every sentence goes through gettext with named figures, so that it can be translated whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from migration_app.evaluation.reasons import ReasonCode

from . import formatting as show
from . import rules, words
from .facts import Facts
from .option import Json, Option


def reason(item: Json, option: Option, facts: Facts) -> str:
    """One reason of a verdict as a sentence. An unknown code is shown as its own name, never dropped."""
    code, params = item["code"], dict(item.get("params") or {})
    write = _REASONS.get(code)
    return write(params, option, facts) if write else str(code).replace("_", " ").capitalize() + "."


def _where(params: Json) -> str:
    scope = params.get("scope")
    return _("overall") if scope is None else _("in {category}").format(category=scope)


def _noninferior(params: Json, option: Option, facts: Facts) -> str:
    return _(
        "The test shows that {label} stays within your limit, with at most {alpha} risk of being wrong."
    ).format(
        label=option.label,
        alpha=show.level(params.get("alpha", facts.question["alpha"])),
    )


def _categories_proven(params: Json, option: Option, facts: Facts) -> str:
    return _("{label} was shown to hold quality in {categories} only.").format(
        label=option.label, categories=words.listed(list(params["categories"]), most=6)
    )


def _inferior(params: Json, option: Option, facts: Facts) -> str:
    return _("{label} is worse {where}: {change}, beyond the {limit} you allow.").format(
        label=option.label,
        where=_where(params),
        change=words.points(params["difference"]),
        limit=words.drop(params["margin"]),
    )


def _not_proven(params: Json, option: Option, facts: Facts) -> str:
    text = _("{label} changed by {change} {where}; a {limit} could not be ruled out.")
    if params["difference"] < -params["margin"]:
        text = _("{label} changed by {change} {where}, more than the {limit} you allow.")
    return text.format(
        label=option.label,
        change=words.points(params["difference"]),
        where=_where(params),
        limit=words.drop(params["margin"]),
    )


def _not_proven_among_many(params: Json, option: Option, facts: Facts) -> str:
    return _(
        "{label} would pass if it were tested alone, but not once {n} candidates are tested together: "
        "with more candidates, one can look good by luck."
    ).format(label=option.label, n=params["candidates"])


def _all_but_not_overall(params: Json, option: Option, facts: Facts) -> str:
    return _("Each category holds within its own, wider limit, but the whole does not hold within yours.")


def _wide_interval(params: Json, option: Option, facts: Facts) -> str:
    return _("The 95% range {where} reaches {low}, past the {limit}; the one-sided test still holds.").format(
        where=_where(params), low=words.points(params["low"]), limit=words.drop(params["margin"])
    )


def _no_samples(params: Json, option: Option, facts: Facts) -> str:
    return _("No answer of {label} could be scored beside {baseline}'s, out of {n} samples.").format(
        label=option.label, baseline=facts.baseline.label, n=show.count(params["samples"])
    )


def _of_answers(text: str, count: int, params: Json, option: Option, facts: Facts) -> str:
    """A sentence on how many answers keep a switch back, and from which limit."""
    return text.format(
        n=show.count(count),
        label=option.label,
        where=_where(params),
        baseline=facts.baseline.label,
        limit=words.drop(params["margin"]),
    )


def _hidden_answers(params: Json, option: Option, facts: Facts) -> str:
    count = int(params["hidden"])
    text = ngettext(
        "{n} answer of {label} could not be scored {where}, though {baseline}’s could: had it been wrong, "
        "quality could have fallen beyond the {limit} you allow.",
        "{n} answers of {label} could not be scored {where}, though {baseline}’s could: had they been wrong, "
        "quality could have fallen beyond the {limit} you allow.",
        count,
    )
    return _of_answers(text, count, params, option, facts)


def _baseline_failed(params: Json, option: Option, facts: Facts) -> str:
    count = int(params["silent"])
    text = ngettext(
        "{baseline} did not answer {n} request {where}, which counts in {label}’s favour. Without it, "
        "quality was not shown to stay within the {limit} you allow.",
        "{baseline} did not answer {n} requests {where}, which counts in {label}’s favour. Without them, "
        "quality was not shown to stay within the {limit} you allow.",
        count,
    )
    return _of_answers(text, count, params, option, facts)


def _low_today(params: Json, option: Option, facts: Facts) -> str:
    return _(
        "{baseline} itself scores only {today} {where}, so even a model that is always wrong would drop by "
        "little more than your limit, or less. {label} was not shown to keep at least half of that. Check "
        "how answers are scored."
    ).format(
        baseline=facts.baseline.label,
        today=show.percent(params["today"]),
        where=_where(params),
        label=option.label,
    )


def _no_marks(params: Json, option: Option, facts: Facts) -> str:
    return _(
        "None of {label}'s {n} answers got any mark {where}. Check how answers are scored, and that its "
        "connection works: where both sides fail alike, nothing is shown."
    ).format(label=option.label, n=show.count(params["n"]), where=_where(params))


def _too_few(params: Json, option: Option, facts: Facts) -> str:
    return _("Only {n} samples were scored {where}; a verdict needs {minimum}.").format(
        n=show.count(params["n"]), where=_where(params), minimum=show.count(params["minimum"])
    )


def _incomplete(params: Json, option: Option, facts: Facts) -> str:
    return _(
        "The run is incomplete: {n} samples were scored, and nothing is decided on part of them."
    ).format(n=show.count(params["n"]))


def _unscored(params: Json, option: Option, facts: Facts) -> str:
    return _("{n} of {samples} samples could not be scored and are left out.").format(
        n=show.count(params["unscored"]), samples=show.count(params["samples"])
    )


def _judge_alone(params: Json, option: Option, facts: Facts) -> str:
    more = int(params["more"])
    text = ngettext(
        "The scores come from a judge and people have reviewed {labels} of them: have {n} more answer of "
        "{label} reviewed before you rely on this.",
        "The scores come from a judge and people have reviewed {labels} of them: have {n} more answers of "
        "{label} reviewed before you rely on this.",
        more,
    )
    return text.format(labels=show.count(params["labels"]), n=show.count(more), label=option.label)


def _judge_contradicts(params: Json, option: Option, facts: Facts) -> str:
    if params.get("consistency") is None:
        return _(
            "The judge never named a winner for {label} that held in both orders, so its scores prove "
            "nothing. Choose another judge, or have people review the answers."
        ).format(label=option.label)
    return _(
        "The judge named the same winner in both orders in only {share} of {n} pairs, no better than a "
        "coin. Choose another judge, or have people review the answers of {label}."
    ).format(share=show.percent(params["consistency"], 0), n=show.count(params["n"]), label=option.label)


def _judge_unsteady(params: Json, option: Option, facts: Facts) -> str:
    figures = {
        "share": show.percent(params["consistency"], 0),
        "low": show.percent(params["low"], 0),
        "n": show.count(params["n"]),
        "steady": show.percent(params["steady"], 0),
        "label": option.label,
    }
    if params["consistency"] < params["steady"]:
        text = _(
            "The judge named the same winner in both orders in only {share} of {n} pairs; from {steady} on "
            "it counts as steady. Where it contradicts itself a loss of {label} counts as even, so without "
            "people's reviews its scores prove nothing."
        )
    else:
        text = _(
            "The judge named the same winner in both orders in {share} of {n} pairs, too few to tell it from "
            "a coin (95% range from {low}), so without people's reviews its scores of {label} prove nothing."
        )
    return text.format(**figures)


def _rule_broken(params: Json, option: Option, facts: Facts) -> str:
    return broken_rule({"rule": params.get("rule"), "params": params}, option, facts)


def _rule_unknown(params: Json, option: Option, facts: Facts) -> str:
    code, _value, limit = _rule_parts(params, facts)
    if is_stated(code):
        return rules.told(code, params, option.label, facts.currency)
    return _("Your rule on {name}{limit} could not be checked for {label}: the figure is unknown.").format(
        name=rules.rule_name(code),
        label=option.label,
        limit=_(" (at most {limit})").format(limit=limit) if limit else "",
    )


def broken_rule(result: Json, option: Option, facts: Facts) -> str:
    params = result.get("params") or {}
    code, value, limit = _rule_parts({**params, "rule": result.get("rule")}, facts)
    if is_stated(code):
        return rules.told(code, params, option.label, facts.currency)
    name = rules.rule_name(code)
    if value and limit:
        return _("{label} breaks your rule on {name}: {value}, at most {limit} allowed.").format(
            label=option.label, name=name, value=value, limit=limit
        )
    return _("{label} breaks your rule on {name}.").format(label=option.label, name=name)


def is_stated(code: Any) -> bool:
    return code in rules.RULES and rules.RULES[code].is_stated


def _rule_parts(params: Json, facts: Facts) -> tuple[str, str, str]:
    """The rule, the value seen and the limit as text; empty where the rule does not carry them."""
    code = str(params.get("rule"))
    limit = params.get("limit")
    if limit is None:
        limit = facts.question.get("rules", {}).get(code)

    def text(amount: Any) -> str:
        return "" if amount is None else rules.figure(code, amount, facts.currency)

    return code, text(params.get("measured")), text(limit)


_REASONS: dict[str, Callable[[Json, Option, Facts], str]] = {
    ReasonCode.NONINFERIOR: _noninferior,
    ReasonCode.CATEGORIES_PROVEN: _categories_proven,
    ReasonCode.INFERIOR: _inferior,
    ReasonCode.NOT_PROVEN: _not_proven,
    ReasonCode.NOT_PROVEN_AMONG_MANY: _not_proven_among_many,
    ReasonCode.ALL_CATEGORIES_BUT_NOT_OVERALL: _all_but_not_overall,
    ReasonCode.WIDE_INTERVAL: _wide_interval,
    ReasonCode.NO_SAMPLES: _no_samples,
    ReasonCode.HIDDEN_ANSWERS: _hidden_answers,
    ReasonCode.BASELINE_FAILED: _baseline_failed,
    ReasonCode.LOW_TODAY: _low_today,
    ReasonCode.NO_MARKS: _no_marks,
    ReasonCode.TOO_FEW_SAMPLES: _too_few,
    ReasonCode.INCOMPLETE: _incomplete,
    ReasonCode.UNSCORED: _unscored,
    ReasonCode.JUDGE_ALONE: _judge_alone,
    ReasonCode.JUDGE_CONTRADICTS_ITSELF: _judge_contradicts,
    ReasonCode.JUDGE_UNSTEADY: _judge_unsteady,
    ReasonCode.RULE_BROKEN: _rule_broken,
    ReasonCode.RULE_UNKNOWN: _rule_unknown,
}
