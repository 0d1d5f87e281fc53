"""Paired samples for the tests of the verdict."""

import numpy as np

from migration_app.evaluation.verdicts import PairedSamples


def paired(baseline, candidate, *, clusters=None, categories=None, complete=True):
    """Samples of their own clusters and without categories, unless given."""
    baseline, candidate = np.asarray(baseline, dtype=float), np.asarray(candidate, dtype=float)
    return PairedSamples(
        baseline,
        candidate,
        np.arange(baseline.size) if clusters is None else np.asarray(clusters),
        np.array([""] * baseline.size) if categories is None else np.asarray(categories),
        complete,
    )


def counted(n, *, better=0, worse=0, **more):
    """n right-or-wrong samples of which the candidate wins `better` and loses `worse`."""
    baseline, candidate = np.ones(n), np.ones(n)
    candidate[:worse] = 0
    baseline[worse : worse + better] = 0
    return paired(baseline, candidate, **more)


def joined(*parts):
    """Several sets of samples as one; clusters stay apart."""
    return PairedSamples(
        np.concatenate([part.baseline for part in parts]),
        np.concatenate([part.candidate for part in parts]),
        np.concatenate([part.clusters + 1_000_000 * place for place, part in enumerate(parts)]),
        np.concatenate([part.categories for part in parts]),
        all(part.complete for part in parts),
    )


def category(name, n, **counts):
    """`counted` samples of one category."""
    return counted(n, categories=[name] * n, **counts)
