"""Charts say what they found, in words as well, and their labels keep out of each other's way."""

from __future__ import annotations

import json
import re
from itertools import combinations
from typing import Any

import plotly.graph_objects as go
import pytest

from migration_app.reports.build import freeze
from migration_app.reports.charts.boxes import Box
from migration_app.reports.charts.canvas import CANVASES, TALL, short
from migration_app.reports.charts.labels import Wanted, place, rows_without_overlap
from migration_app.reports.charts.lettering import text_width
from migration_app.reports.charts.picture import picture
from migration_app.reports.charts.plotly import figure
from migration_app.reports.charts.scales import axis

from .factories import baseline, candidate, comparison_data

CROWD = [
    baseline(),
    *(
        candidate(n, f"Candidate {n}", "switch", -0.004 * n, cost=f"{1.8 + 0.07 * n:.2f}", median=0.5 + n / 3)
        for n in range(1, 8)
    ),
]


@pytest.fixture
def charts() -> dict[str, Any]:
    return freeze(comparison_data(*CROWD))["charts"]


def as_plotly(figure_: dict[str, Any]) -> go.Figure:
    """Plotly's own check of names and values; colours are tokens until the page knows the theme."""
    plain = json.loads(re.sub(r"token:--[a-z0-9-]+", "#123456", json.dumps(figure_)))
    return go.Figure(data=plain["data"], layout=plain["layout"])


@pytest.mark.parametrize("name", ["quality_cost", "quality_change", "latency"])
def test_a_figure_is_what_plotly_accepts_and_knows_only_tokens_of_colour(
    charts: dict[str, Any], name: str
) -> None:
    made = figure(charts[name])
    as_plotly(made)
    as_plotly({"data": made["data"], "layout": made["narrow"]["layout"]})
    assert not re.search(r'"(color|fillcolor)": "(?!token:--)', json.dumps(made))


@pytest.mark.parametrize("name", ["quality_cost", "quality_change", "latency"])
def test_a_chart_says_in_words_what_it_draws(charts: dict[str, Any], name: str) -> None:
    chart = charts[name]
    assert chart["headline"] and chart["subtitle"]
    for point in chart["points"][:2]:
        assert point["hover"][0].split(",")[0].split(":")[0] in chart["alt"]
    assert all(len(row) == len(chart["columns"]) for row in chart["rows"])


def test_the_recommendation_is_ringed_and_the_limit_drawn(charts: dict[str, Any]) -> None:
    chart = charts["quality_cost"]
    assert [point["style"] for point in chart["points"] if point["ring"]] == [1]
    assert chart["rules"][0]["at"] == pytest.approx(0.91 - 0.05)
    assert chart["rules"][0]["text"] == "Your limit: 5 points below today"


def boxes(chart: dict[str, Any], name: str) -> list[Box]:
    canvas, found = (TALL if chart["id"] == "quality-cost" else CANVASES)[name], []
    for label in chart["labels"][name]:
        x = (label["x"] - chart["x"]["low"]) / (
            chart["x"]["high"] - chart["x"]["low"]
        ) * canvas.width + label["dx"]
        span = chart["y"]["high"] - chart["y"]["low"]
        y = (chart["y"]["high"] - label["y"]) / span * canvas.height + label["dy"]
        sizes = (canvas.size, canvas.small)
        width = max(text_width(line["text"], s) for line, s in zip(label["lines"], sizes, strict=False))
        left = {"start": x, "middle": x - width / 2, "end": x - width}[label["anchor"]]
        half = canvas.size * 1.2 * len(label["lines"]) / 2
        found.append(Box(left, y - half, left + width, y + half))
    return found


@pytest.mark.parametrize("name", ["wide", "narrow", "print"])
def test_labels_of_eight_crowded_options_do_not_cover_each_other(charts: dict[str, Any], name: str) -> None:
    covered = [
        a.overlap(b) / min(a.area, b.area) for a, b in combinations(boxes(charts["quality_cost"], name), 2)
    ]
    assert max(covered) < 0.15


def ranges(chart: dict[str, Any], name: str) -> list[Box]:
    """Each point's interval as it is drawn on the canvas."""
    canvas, found = TALL[name], []
    span, width = chart["y"]["high"] - chart["y"]["low"], chart["x"]["high"] - chart["x"]["low"]
    for point in chart["points"]:
        x = (point["x"] - chart["x"]["low"]) / width * canvas.width
        top, bottom = (
            (chart["y"]["high"] - point[end]) / span * canvas.height for end in ("y_high", "y_low")
        )
        found.append(Box(x - 1, top, x + 1, bottom))
    return found


@pytest.mark.parametrize("name", ["wide", "print"])
def test_no_name_of_eight_lies_on_the_range_of_another_option(charts: dict[str, Any], name: str) -> None:
    chart = charts["quality_cost"]
    crossed = [
        (one["lines"][0]["text"], index)
        for one, box in zip(chart["labels"][name], boxes(chart, name), strict=True)
        for index, whisker in enumerate(ranges(chart, name))
        if box.overlap(whisker)
    ]
    assert crossed == []


@pytest.mark.parametrize("name", list(CANVASES))
def test_the_words_of_the_limit_lie_on_no_range_though_the_dearest_option_stands_over_them(name: str) -> None:
    costs = ("9.80", "9.40", "1.00")
    others = [candidate(n, f"Candidate {n}", "switch", -0.03, cost=cost) for n, cost in enumerate(costs, 1)]
    chart = freeze(comparison_data(baseline(), *others))["charts"]["quality_cost"]
    rule, canvas = chart["rules"][0], TALL[name]
    end = rule["ends"][name] * canvas.width
    level = (chart["y"]["high"] - rule["at"]) / (chart["y"]["high"] - chart["y"]["low"]) * canvas.height
    width = text_width(rule["short"] if name == "narrow" else rule["text"], canvas.small)
    words = Box(end - width, level, end, level + canvas.small * 1.4)
    assert not any(words.overlap(whisker) for whisker in ranges(chart, name))
    assert words.left >= 0 and end < canvas.width, "beside them, and inside"


def test_the_marks_of_a_curve_chart_stand_in_rows_when_they_would_touch() -> None:
    assert rows_without_overlap([(10, 30), (20, 30), (100, 30)]) == [0, 1, 0]
    assert rows_without_overlap([(10, 30), (100, 30)], taken=(90, 120)) == [0, 1]


def test_a_lone_label_stands_close_to_its_point_and_inside() -> None:
    [spot] = place([Wanted(98, 50, 40, 12)], [], Box(0, 0, 100, 100))
    assert spot.anchor == "end" and not spot.leader


def test_in_a_crowd_only_names_stand_beside_the_points() -> None:
    def lines(*labels: str) -> list[int]:
        others = [candidate(n, label, "switch", -0.004 * n) for n, label in enumerate(labels, start=1)]
        chart = freeze(comparison_data(baseline(), *others))["charts"]["quality_cost"]
        assert all(len(row) == 5 for row in chart["rows"]), "the table has the rest"
        return [len(label["lines"]) for label in chart["labels"]["wide"]]

    assert lines("Lumen 70B") == [2, 2]
    assert lines(*(f"Meridian Flash {n} Instruct" for n in range(7))) == [1] * 8


@pytest.mark.parametrize(("dy", "end"), [(60.0, "44.0"), (-60.0, "-44.0")])
def test_a_leader_ends_where_words_centred_on_it_begin(charts: dict[str, Any], dy: float, end: str) -> None:
    lines = [{"text": "Aurora", "strong": True}, {"text": "used today", "strong": False}]
    place = {"x": 5.0, "y": 0.9, "dx": 0.0, "dy": dy, "anchor": "middle", "leader": True}
    label = place | {"lines": lines, "style": None}
    drawn = picture(charts["quality_cost"] | {"labels": {"wide": [label], "narrow": []}})
    assert re.findall(r'y2="([-\d.]+)" class="leader-line"', drawn) == [end]


def test_axes_end_on_round_numbers() -> None:
    made = axis(0.63, 0.97, lambda value, _step: f"{value:.2f}", title="")
    assert (made["low"], made["high"]) == (0.6, 1.0)
    assert [text for _value, text in made["ticks"]] == ["0.60", "0.70", "0.80", "0.90", "1.00"]


def test_a_change_is_written_in_its_own_row_whatever_stands_above(charts: dict[str, Any]) -> None:
    chart = charts["quality_change"]
    for name in CANVASES:
        assert [(label["y"], label["dy"]) for label in chart["labels"][name]] == [
            (point["y"], 0.0) for point in chart["points"]
        ]


def test_a_name_past_a_whisker_counts_from_its_end_so_that_a_higher_plot_does_not_strike_it_out() -> None:
    report = freeze(comparison_data(baseline(), candidate(1, "Lumen", "switch", 0.0)))
    chart = report["charts"]["quality_cost"]
    for label, point in zip(chart["labels"]["wide"], chart["points"], strict=True):
        if label["y"] != point["y"]:
            assert label["y"] in (point["y_low"], point["y_high"])
            assert abs(label["dy"]) < 30
    (label,) = place([Wanted(5, 100, 60, 20, up=80, down=80)], [Box(0, 20, 60, 180)], Box(0, 0, 60, 300))
    assert (label.whisker, label.beyond) in (("high", -12), ("low", 12))


def test_a_long_name_keeps_its_end_where_versions_stand() -> None:
    assert short("Lumen 70B") == "Lumen 70B"
    assert short("Meridian Flash 2 Instruct (fine-tuned, 2026-10)") == "Meridian Flash 2…d, 2026-10)"


@pytest.mark.parametrize(
    ("kind", "change", "cost", "headline"),
    [
        ("not_enough_evidence", -0.02, "5.00", "Lumen costs 50% less; its quality is not proven"),
        ("not_enough_evidence", -0.02, "12.00", "Lumen costs 20% more; its quality is not proven"),
        ("keep", -0.2, "5.00", "Lumen costs 50% less, but answers worse"),
        ("keep", -0.2, "12.00", "Lumen costs 20% more and answers worse"),
        ("keep", -0.2, None, None),
    ],
)
def test_the_cost_chart_says_what_speaks_against_the_closest_candidate(
    kind: str, change: float, cost: str | None, headline: str | None
) -> None:
    found = freeze(comparison_data(baseline(), candidate(1, "Lumen", kind, change, cost=cost)))["charts"]
    assert (found["quality_cost"] or {}).get("headline") == headline


def test_an_axis_of_times_writes_each_tick_as_exactly_as_its_step() -> None:
    report = freeze(comparison_data(baseline(median=0.5), candidate(1, "Lumen", "switch", 0.0, median=0.6)))
    ticks = [text.replace("\u00a0", " ") for _value, text in report["charts"]["latency"]["x"]["ticks"]]
    values = [value for value, _text in report["charts"]["latency"]["x"]["ticks"]]
    assert [float(text.removesuffix(" s")) for text in ticks] == pytest.approx(values)


def test_no_change_is_drawn_beyond_a_hundred_points() -> None:
    report = freeze(comparison_data(baseline(), candidate(1, "Lumen", "keep", -0.9, spread=0.1)))
    x = report["charts"]["quality_change"]["x"]
    assert x["low"] >= -1.0 - 1e-9 and x["high"] <= 1.0


def test_names_cannot_write_markup_into_a_figure() -> None:
    name = '<a href="javascript:alert(1)">x</a>'
    report = freeze(comparison_data(baseline(), candidate(1, name, "switch", 0.0)))
    for chart in filter(None, report["charts"].values()):
        assert "<a " not in json.dumps(figure(chart))
