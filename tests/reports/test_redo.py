"""A statistician outside does a verdict again from the downloaded files alone, with numpy and scipy.

Nothing of the product is used below but its two files: the scores (CSV) and the report (JSON).
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from migration_app.comparisons.actions import compare_run
from migration_app.reports.actions import make_report
from migration_app.reports.files import render_json
from migration_app.reports.scores import scores_csv
from migration_app.scoring.actions import score_run
from migration_app.scoring.models import SampleScore
from migration_app.workloads.models import Sample
from tests import builders
from tests.reports.finished import a_question, every, replayed, wrong_on

pytestmark = pytest.mark.django_db
SAMPLES = 300


@pytest.fixture
def files(settings: Any, tmp_path: Path) -> tuple[list[dict[str, str]], dict[str, Any]]:
    """Routing is asked sample by sample, sentiment of conversations of four. Today's model failed four
    times; three answers of Lumen could not be scored; Tern is wrong on one of 25, Rook on one of three."""
    settings.MEDIA_ROOT = tmp_path
    question = a_question(
        builders.a_team(), "Today", "Lumen", "Tern", "Rook", samples=SAMPLES, critical_categories=["routing"],
    )  # fmt: skip
    talks = Sample.objects.filter(workload=question.workload, category="sentiment").order_by("position")
    for place, sample in enumerate(talks):
        Sample.objects.filter(pk=sample.pk).update(cluster=f"talk {place // 4}")
    speech = {
        "Today": lambda index: None if index in (8, 9, 10, 11) else wrong_on(0, 31)(index),
        "Lumen": wrong_on(50),
        "Tern": every(25),
        "Rook": every(3),
    }
    run = replayed(question, speech)
    score_run(run=run)
    lost = SampleScore.objects.filter(
        item__run=run, item__run_candidate__label="Lumen", item__sample__position__in=(100, 101, 102)
    )
    lost.update(value=None, unscored="The scorer failed.")
    compare_run(run=run)
    report = make_report(run=run)
    table = csv.DictReader(io.StringIO("".join(scores_csv(run))))
    return list(table), json.loads(render_json(report.data, report.sha256))["report"]["method"]["redo"]


def column(lines: list[dict[str, str]], name: str) -> Any:
    return np.array([float(line[name]) if line[name] else np.nan for line in lines])


def normal_tango(b: Any, c: Any, n: int, margin: float) -> Any:
    theta = -margin
    big_b = theta * (2 * n - b + c) - b - c
    q = (np.sqrt(np.maximum(0.0, big_b**2 + 8 * n * c * theta * (1 - theta))) - big_b) / (4 * n)
    return (b - c - n * theta) / np.sqrt(np.maximum(1e-12, n * (2 * q + theta * (1 - theta))))


def tango(d: Any, margin: float, *, whole: bool) -> float:
    """The score test, raised to the exact one by adding up every outcome that scores as high."""
    b, c, n = int((d > 0).sum()), int((d < 0).sum()), d.size
    z = float(normal_tango(b, c, n, margin))
    if whole and not b and not c:
        return float(stats.norm.sf(z))
    wins, losses = np.array([(i, j) for i in range(n + 1) for j in range(n + 1 - i)]).T
    high = normal_tango(wins, losses, n, margin) >= z - 1e-9
    outcomes = np.column_stack([wins, losses, n - wins - losses])[high]
    chances = ([w, w + margin, max(0.0, 1 - 2 * w - margin)] for w in np.linspace(0, (1 - margin) / 2, 60))
    return max(
        float(stats.norm.sf(z)), max(float(stats.multinomial.pmf(outcomes, n, p).sum()) for p in chances)
    )


def t_and_gaffke(d: Any, clusters: Any, limit: float, sign: float = 1.0) -> float:
    """t with a pseudo-cluster of the typical size, and Gaffke's chance by Gil-Pelaez' integral."""
    names = np.unique(clusters)
    s = np.array([d[clusters == name].sum() for name in names])
    m = np.array([(clusters == name).sum() for name in names], float)
    size = (m**2).sum() / m.sum()
    s, m = np.append(s, -sign * size), np.append(m, size)
    mean, count, total = s.sum() / m.sum(), m.size, m.sum()
    variance = count / (count - 1) * ((s - m * mean) ** 2).sum() / total**2
    t = sign * (mean + limit) / np.sqrt(variance)
    plain = float(stats.t.sf(t, total**2 / (m**2).sum() - 1))
    a = sign * (s + limit * m)

    def height(x: float) -> float:
        return float((1 / np.prod(1 - 1j * a * x)).imag / x)

    area = integrate.quad(height, 1e-9, 60 / np.sqrt((a**2).sum()), limit=400)[0]
    return max(plain, 0.5 - area / np.pi)


def p_of(lines: list[dict[str, str]], margin: float, before: str, after: str, *, whole: bool) -> float:
    """One way of counting: the margin, and half of today's score where that asks for more."""
    x, y = column(lines, after), column(lines, before)
    known = ~np.isnan(x) & ~np.isnan(y)
    x, y, clusters = x[known], y[known], np.array([line["cluster"] for line in lines])[known]
    if np.isin(x, (0, 1)).all() and np.isin(y, (0, 1)).all() and np.unique(clusters).size == x.size:
        p = tango(x - y, margin, whole=whole)
    else:
        p = t_and_gaffke(x - y, clusters, margin)
    return p if y.mean() >= 2 * margin else max(p, t_and_gaffke(x - y / 2, clusters, 0.0))


def claim(lines: list[dict[str, str]], margin: float, *, whole: bool) -> float:
    ways = (
        ("baseline", "candidate"),
        ("baseline", "candidate_lowest"),
        ("baseline_answered", "candidate_lowest"),
    )
    return max(p_of(lines, margin, *way, whole=whole) for way in ways)


def the_mirrored_test_follows(lines: list[dict[str, str]], redo: dict[str, Any]) -> None:
    rook = [line for line in lines if line["label"] == "Rook"]
    d, clusters = (
        column(rook, "candidate") - column(rook, "baseline"),
        np.array([line["cluster"] for line in rook]),
    )
    routing = np.array([line["category"] == "routing" for line in rook])
    b, c = int((d[routing] > 0).sum()), int((d[routing] < 0).sum())
    parts = (
        t_and_gaffke(d, clusters, redo["plan"]["margin"], sign=-1.0),
        float(stats.norm.cdf(normal_tango(b, c, int(routing.sum()), redo["plan"]["category_margin"]))),
    )
    told = next(one for one in redo["verdicts"] if one["label"] == "Rook")
    assert told["p_inferior"] == pytest.approx(
        min(1.0, 2 * min(parts)), rel=0.03, abs=1e-6
    )  # the integral is no finer


def the_scores_hold_numbers_and_names_alone(lines: list[dict[str, str]]) -> None:
    line = next(line for line in lines if line["sample"] == "s-8")
    assert (line["baseline"], line["baseline_answered"], line["label"]) == ("0.0", "", "Lumen")
    assert {line["half"] for line in lines} == {"1", "2"}
    assert not [line for line in lines if "gold" in "".join(line.values())]


def test_every_p_value_and_verdict_follows_from_the_two_files(files) -> None:
    lines, redo = files
    plan, found = redo["plan"], {}
    for option in (1, 2, 3):
        mine = [line for line in lines if line["option"] == str(option)]
        assert len(mine) == SAMPLES
        found[option, None] = claim(mine, plan["margin"], whole=True)
        for name in ("routing", "sentiment"):
            part = [line for line in mine if line["category"] == name]
            found[option, name] = claim(part, plan["category_margin"], whole=False)
    told = {(one["option"], one["scope"]): one for one in redo["claims"]}
    assert {key: one["method"] for key, one in told.items() if key[0] == 1} == {
        (1, None): "pseudo_sample_t", (1, "routing"): "tango", (1, "sentiment"): "pseudo_sample_t",
    }  # fmt: skip
    for key, p in found.items():
        assert told[key]["p_noninferior"] == pytest.approx(p, rel=0.03, abs=2e-4), key
    lumen = next(one for one in redo["claims"] if one["label"] == "Lumen")
    assert (lumen["scope"], lumen["hidden"], lumen["silent"]) == (None, 3, 4)

    verdicts = {one["option"]: one for one in redo["verdicts"]}
    tested = {option: max(found[option, None], found[option, "routing"]) for option in verdicts}
    order = sorted(tested, key=tested.__getitem__)
    holm, before = {}, 0.0
    for place, option in enumerate(order):
        before = holm[option] = min(1.0, max(before, (3 - place) * tested[option]))
    for option, p in holm.items():
        assert verdicts[option]["p_adjusted"] == pytest.approx(p, rel=0.03, abs=2e-4)
        assert (verdicts[option]["kind"] == "switch") == (p <= plan["alpha"])
    kinds = {one["label"]: one["kind"] for one in redo["verdicts"]}
    assert kinds == {"Lumen": "switch", "Tern": "switch_with_conditions", "Rook": "keep"}
    the_mirrored_test_follows(lines, redo)
    the_scores_hold_numbers_and_names_alone(lines)
