"""The formulas behind the verdict and its figures, with their sources. `docs/verdict.md` derives them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

FORMULAS = (
    (
        _("Tango (1998)"),
        _(
            "Score test and interval for the difference of paired proportions, when every score is 0 or "
            "1 and no samples share a source."
        ),
    ),
    (
        _("Cluster-robust t with one pessimistic pseudo-sample"),
        _(
            "Used otherwise: the variance is taken between clusters (Liang & Zeger 1986), and one more "
            "cluster of typical size (Σm²/Σm), all of it −1, stands for the failure not yet seen."
        ),
    ),
    (
        _("Intersection–union (Berger 1982)"),
        _(
            "A candidate must pass overall and in every critical category: its p-value is the largest of "
            "them."
        ),
    ),
    (
        _("Bonferroni"),
        _(
            "“Keep” needs one tested part shown to be worse: the smallest mirrored p-value times the number "
            "of parts tested."
        ),
    ),
    (
        _("Holm (1979)"),
        _("Adjusts the p-values across candidates, so that testing many does not make one pass by luck."),
    ),
    (
        _("Exact unconditional test (Hsueh, Liu & Chen 2001)"),
        _(
            "Raises Tango's p-value to the exact one up to 1,000 pairs. A clean sheet of the whole workload "
            "keeps Tango's: at a 5-point drop it needs 52 samples."
        ),
    ),
    (
        _("Gaffke (2005)"),
        _(
            "Raises the t-test's p-value where few clusters hold few failures: the mean under random "
            "weights, with one value at the worst end."
        ),
    ),
    (
        _("Preserving half (EMA 2005, FDA 2016)"),
        _(
            "Where today's model scores less than twice the acceptable drop, a candidate must also be shown "
            "to keep half of that score; the larger p-value counts."
        ),
    ),
    (
        _("Worst case (Horowitz & Manski 2000)"),
        _(
            "Answers of a candidate that could not be scored, though today's could, are tested as wrong too; "
            "the larger p-value counts."
        ),
    ),
    (
        _("Lan & DeMets (1983), O'Brien–Fleming type"),
        _(
            "Error spent at early looks; a p-value seen at a look is the repeated one, the smallest α at "
            "which that look would have stopped."
        ),
    ),
    (
        _("PPI++ (Angelopoulos et al. 2023)"),
        _("A judge's scores on all samples, set right by people's word on a random part of them."),
    ),
    (
        _("Satterthwaite (1946)"),
        _("Degrees of freedom of the saving: paired cost differences by category, at the traffic's volumes."),
    ),
    (
        _("Sign test"),
        _("Interval of the typical change in speed: order statistics of the paired differences."),
    ),
    (_("Wilson (1927)"), _("Interval of a share, such as the error rate.")),
    (
        _("Order statistics"),
        _(
            "Interval of a percentile of latency; where the sample is too small for a bound, it is not "
            "estimable."
        ),
    ),
)
