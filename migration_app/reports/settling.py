"""What would settle a question that the test left open."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from migration_app.evaluation.reasons import ReasonCode

from . import formatting as show
from . import reasons, rules
from .facts import Facts
from .option import Json, Option
from .steps import OWNERS, READERS, item


def items(facts: Facts) -> list[dict[str, str]]:
    """What each candidate lacks, at most four things."""
    found = []
    if not facts.run["complete"]:
        found.append(
            item(
                _("Finish the run"),
                _("Part of the requests was not asked or not scored. A full run can decide."),
            )
        )
    if facts.baseline.answered_nothing:
        found.append(_no_answers(facts.baseline))
    for option in facts.candidates:
        found += _lacking(option, facts) if option.kind == "not_enough_evidence" else []
    if not found:
        found.append(
            item(
                _("A clearer difference"),
                _("What was seen lies too close to your limit for more samples of this kind to settle it."),
                by="",
            )
        )
    return found[:4]


def _lacking(option: Option, facts: Facts) -> list[dict[str, str]]:
    """What one candidate lacks. A rule that is broken stays broken, whatever more samples would show."""
    if option.overall is None:
        return [_no_answers(option)]
    if broken := _broken_for_good(option, facts):
        return [_out_of_the_question(rule, option, facts) for rule in broken[:1]]
    unknown = [rule for rule in option.verdict.get("unknown_rules", ()) if not rule.get("stated")]
    found = [_unknown_figure(rule, option, facts) for rule in unknown]
    if (check := _judge(option, facts) or _scoring(option, facts)) is not None:
        return [check, *found]
    if (reviews := option.verdict.get("more_reviews_needed")) is not None:
        return [_more_reviews(option, reviews), *found]
    more = option.verdict.get("more_samples_needed")
    return [_more_samples(option, more), *found] if more is not None and facts.run["complete"] else found


def _broken_for_good(option: Option, facts: Facts) -> list[Json]:
    """Broken rules that the missing part of a test cannot mend: on what is stated, or on all of it."""
    codes = {reason["code"] for reason in option.verdict.get("reasons", ())}
    whole = facts.run["complete"] and ReasonCode.TOO_FEW_SAMPLES not in codes
    return [rule for rule in option.verdict.get("broken_rules", ()) if whole or rule.get("stated")]


def _out_of_the_question(rule: Json, option: Option, facts: Facts) -> dict[str, str]:
    text = _("{reason} No more samples would change that: change the rule, or look for another candidate.")
    told = text.format(reason=reasons.broken_rule(rule, option, facts))
    return item(_("A rule met or changed"), told, OWNERS)


def _unknown_figure(rule: Json, option: Option, facts: Facts) -> dict[str, str]:
    params = {"rule": rule["rule"], **(rule.get("params") or {})}
    return item(
        _("A figure for your rule on {name}").format(name=rules.rule_name(rule["rule"])),
        reasons.reason({"code": ReasonCode.RULE_UNKNOWN, "params": params}, option, facts),
    )


def _judge(option: Option, facts: Facts) -> dict[str, str] | None:
    """What to do about a judge that contradicts itself; `None` where it does not."""
    for found in option.verdict.get("reasons", ()):
        if found["code"] == ReasonCode.JUDGE_CONTRADICTS_ITSELF:
            return item(_("Choose a steadier judge"), reasons.reason(found, option, facts))
        if found["code"] == ReasonCode.JUDGE_UNSTEADY:
            return item(
                _("Have answers reviewed, or choose a steadier judge"),
                _("{reason} Reviews by people of {n} more answers would set it right.").format(
                    reason=reasons.reason(found, option, facts), n=show.count(found["params"]["more"])
                ),
                READERS,
            )
    return None


def _scoring(option: Option, facts: Facts) -> dict[str, str] | None:
    """What keeps it from being settled though there are samples enough; `None` where nothing does."""
    codes = {reason["code"] for reason in option.verdict.get("reasons", ())}
    if ReasonCode.HIDDEN_ANSWERS in codes:
        return item(
            _("Look at what could not be scored"),
            _("Read why in the samples of {label}, mend the scoring or its judge, then run again.").format(
                label=option.label
            ),
        )
    if ReasonCode.BASELINE_FAILED in codes and not facts.baseline.answered_nothing:
        return item(
            _("Ask today's model again"),
            _(
                "Ask {label} once more for the requests that failed, so that both answers can be compared."
            ).format(label=facts.baseline.label),
        )
    if codes & {ReasonCode.LOW_TODAY, ReasonCode.NO_MARKS}:
        return item(
            _("Check how answers are scored"),
            _(
                "Hardly any answer got a mark, of either model. An exact match on free text does that: "
                "choose a way of scoring that tells good answers of {label} from bad ones, then run again."
            ).format(label=option.label),
        )
    return None


def enough(more: int) -> int:
    """No more exact than such a number can be: up to two significant digits, 1,144 → 1,200."""
    step = 10 ** max(0, len(str(more)) - 2)
    return -(-more // step) * step


def _more_samples(option: Option, more: int) -> dict[str, str]:
    return item(
        _("Add about {n} samples").format(n=show.count_of(enough(more))),
        _("If what was seen of {label} is the truth, that many more in the same mix would settle it.").format(
            label=option.label
        ),
    )


def _more_reviews(option: Option, more: int) -> dict[str, str]:
    title = ngettext("Have about {n} more answer reviewed", "Have about {n} more answers reviewed", more)
    return item(
        title.format(n=show.count_of(enough(more))),
        _(
            "If what judges and people said of {label} so far is the truth, that many more reviews would "
            "settle it."
        ).format(label=option.label),
        READERS,
    )


def _no_answers(option: Option) -> dict[str, str]:
    failed = option.metrics["quality"]["failed"]
    if not failed and not option.answered_nothing:
        return item(
            _("Make the answers of {label} comparable").format(label=option.label),
            _(
                "None of them could be scored beside today's. The samples say why: most often expected "
                "answers are missing, or a judge gave no judgement that can be read. Then run again."
            ),
        )
    return item(
        _("Get answers from {label}").format(label=option.label),
        _("{n} requests failed and none could be compared. Test its connection, then run again.").format(
            n=show.count(failed)
        ),
    )
