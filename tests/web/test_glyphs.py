"""The small drawings inside tables stand where the numbers say."""

from migration_app.web import glyphs


def test_a_bar_of_work_shows_the_failed_share_at_its_end():
    bar = glyphs.progress(done=600, failed=60, total=1200)
    assert (bar.succeeded, bar.failed, bar.percent) == ("45.00%", "5.00%", "50%")


def test_work_that_is_not_quite_done_is_never_called_done():
    assert glyphs.progress(done=1199, failed=0, total=1200).percent == "99%"
    assert glyphs.progress(done=1200, failed=0, total=1200).percent == "100%"


def test_work_that_has_not_been_planned_yet_is_an_empty_bar():
    assert glyphs.progress(done=0, failed=0, total=0).succeeded == "0.00%"


def test_better_same_and_worse_fill_the_width_between_them():
    better, same, worse = glyphs.better_same_worse(better=120, same=960, worse=120)
    assert (better.x, better.width) == ("0.00%", "10.00%")
    assert (same.x, same.width, same.middle) == ("10.00%", "80.00%", "50.00%")
    assert (worse.x, worse.width) == ("90.00%", "10.00%")
    assert [part.label for part in (better, same, worse)] == ["10", "80", "10"]


def test_a_stretch_too_thin_for_its_label_keeps_its_words():
    better, _, _ = glyphs.better_same_worse(better=1, same=99, worse=0)
    assert better.label == ""
    assert better.words == "1%"


def test_nothing_compared_draws_nothing():
    assert glyphs.better_same_worse(0, 0, 0) == []


def test_an_interval_is_placed_on_its_axis():
    drawn = glyphs.interval(0.9, 0.85, 0.95, axis=(0.8, 1.0), limit=0.88)
    assert (drawn.value, drawn.low, drawn.width, drawn.limit) == ("50.00%", "25.00%", "50.00%", "40.00%")


def test_a_bound_that_does_not_exist_is_drawn_to_the_edge():
    drawn = glyphs.interval(0.9, 0.85, None, axis=(0.8, 1.0))
    assert (drawn.low, drawn.width, drawn.limit) == ("25.00%", "75.00%", None)


def test_a_value_off_the_axis_stops_at_its_edge_and_an_unknown_one_is_not_drawn():
    assert glyphs.interval(1.4, 1.2, 1.6, axis=(0.8, 1.0)).value == "100.00%"
    assert glyphs.interval(None, None, None, axis=(0.8, 1.0)).value is None
