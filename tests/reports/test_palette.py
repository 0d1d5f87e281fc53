"""An option has one colour and one shape, on the page as in the PDF."""

import re
from pathlib import Path

from migration_app.reports.palette import OPTIONS, option_style

TOKENS = Path(__file__).resolve().parents[2] / "static" / "css" / "tokens.css"


def test_the_page_has_the_colours_of_the_table():
    found = re.findall(r"--opt-(\d): light-dark\((#\w{6}), (#\w{6})\)", TOKENS.read_text())
    assert [(int(index), light, dark) for index, light, dark in found] == [
        (style.index, style.light, style.dark) for style in OPTIONS
    ]


def test_no_two_options_share_a_colour_or_a_shape():
    for trait in ("light", "dark", "shape", "symbol", "path"):
        assert len({getattr(style, trait) for style in OPTIONS}) == len(OPTIONS)


def test_a_ninth_option_never_borrows_the_look_of_the_incumbent():
    assert option_style(0).shape == "diamond"
    assert option_style(7).shape == "star"
    assert [option_style(index).index for index in range(8, 16)] == [1, 2, 3, 4, 5, 6, 7, 1]
