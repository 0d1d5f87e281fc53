"""What the words on the pages mean, for a reader who is no statistician: one table, a line for each."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GLOSSARY: dict[str, tuple[Promise, Promise]] = {
    "workload": (
        _("Workload"),
        _("A sample of the requests that your product sends to a model, with what is known about them."),
    ),
    "sample": (
        _("Sample"),
        _("One request of a workload, with the answer you expect and, from a log, the answer it got."),
    ),
    "sources": (
        _("Independent sources"),
        _(
            "Requests that are alike, or share a conversation, tell little more than one of them does, so "
            "they count as one in the statistics."
        ),
    ),
    "weights": (
        _("Open and closed weights"),
        _("Open: whoever likes may run the model on machines of their own. Closed: only its hosts do."),
    ),
    "context": (
        _("Context"),
        _("How long a request and its answer may be together, counted in tokens."),
    ),
    "baseline": (
        _("Today's model"),
        _("The model that serves you now. Every other one is compared with it on the same requests."),
    ),
    "quality": (
        _("Quality"),
        _("The average score of the answers, by the way of scoring you chose. 100% is right throughout."),
    ),
    "points": (
        _("Points"),
        _("Percentage points: a fall from 90% to 87% is a drop of 3 points."),
    ),
    "range": (
        _("95% range"),
        _(
            "A sample can be lucky. The true figure lies in this range in 19 of 20 such tests; more "
            "requests make it narrower."
        ),
    ),
    "limit": (
        _("Your limit"),
        _("How far quality may drop and still be acceptable. You set it before any answer was seen."),
    ),
    "standing": (
        _("Better, holds quality, not proven, too low"),
        _(
            "Better: the whole range lies above today's. Holds quality: the whole range lies above your "
            "limit. Not proven: the range lies on both sides of it. Too low: the whole range lies below."
        ),
    ),
    "verdict": (
        _("Switch, switch in part, keep, not enough evidence"),
        _(
            "What the test allows you to say of each model, by your own limits and rules. In part: some "
            "kinds of request may move, others should stay."
        ),
    ),
    "split": (
        _("Better / same / worse"),
        _("Of 100 requests, how many were answered better, alike or worse than by today's model."),
    ),
    "typical": (
        _("Typical"),
        _("Half of the answers were complete within this time (the median)."),
    ),
    "slowest": (
        _("Slowest 5%"),
        _("One answer in twenty took this long or longer. It is what impatient customers notice."),
    ),
    "saving": (
        _("Saving"),
        _("What the month costs less than with today's model, at your number of requests."),
    ),
    "failed": (
        _("Failed"),
        _("Requests without an answer after every retry. They count in the error rate, never left out."),
    ),
    "retry": (
        _("Retries"),
        _("A request that the vendor could not take is sent again. Each try is timed and paid for."),
    ),
    "rate_limit": (
        _("Rate limit"),
        _("The vendor allows so many requests a minute. We wait as long as it says, then go on."),
    ),
    "cap": (
        _("Spending cap"),
        _("The run stops before it would spend more, keeps what it has, and waits for you."),
    ),
    "warm_up": (
        _("Warm-up"),
        _("Short requests before anything is measured: a server that slept is not taken for slow."),
    ),
    "token": (
        _("Token"),
        _("The piece of text that vendors count and charge by: about four letters of English."),
    ),
    "critical": (
        _("Critical category"),
        _("A kind of request that may not get worse, however well a model does on the others."),
    ),
    "must_have": (
        _("Must-have rule"),
        _("A limit that a model has to keep to be chosen at all: on cost, time, failures, data or licence."),
    ),
    "certainty": (
        _("Certainty"),
        _(
            "95% means: if a model really were below your limit, at most one such test in twenty would "
            "wrongly say that it may take over."
        ),
    ),
    "judge": (
        _("Judge"),
        _("A model that marks answers where no rule can. It does not see which model wrote which."),
    ),
    "scorer": (
        _("Scoring"),
        _("How an answer is marked: by comparing it with the expected one, by a rule, or by a judge."),
    ),
    "seed": (
        _("Seed"),
        _("A number from which every random choice is drawn, so that a test can be repeated exactly."),
    ),
    "temperature": (
        _("Temperature"),
        _("How freely a model chooses its words. At 0 it repeats itself as far as it can."),
    ),
    "clear": (
        _("Clear difference"),
        _("The whole range of the difference lies on one side of zero: chance alone does not explain it."),
    ),
    "break_even": (
        _("Break-even"),
        _("The requests a month from which a server of your own costs less than paying per request."),
    ),
    "payback": (
        _("Payback"),
        _("How long it takes until what is saved has paid for the one-off cost of moving."),
    ),
    "drift": (
        _("Drift"),
        _("Whether a model's answers changed while the test went on, as when a vendor updates it."),
    ),
}


def explained(names: Iterable[str]) -> list[tuple[Promise, Promise]]:
    """The words and what they mean, in the order of `names`. Raises KeyError for one without a line."""
    return [GLOSSARY[name] for name in names]
