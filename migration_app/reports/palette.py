"""The colour and the shape of each option: one table for page, chart and PDF.

An option keeps its place in an assessment (the incumbent is 0), and so its colour and
shape never change from one page to the next. The colours were chosen apart under
simulated colour blindness; the shape says the same thing without colour.
`static/css/tokens.css` repeats the colours as `--opt-0` … `--opt-7`; a test holds the two
together.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class OptionStyle:
    """How one option is drawn. `path` fits a box of 14 × 14; `symbol` is Plotly's name for it."""

    index: int
    light: str
    dark: str
    shape: str
    symbol: str
    path: str

    @property
    def token(self) -> str:
        """The colour as a chart names it: the page resolves it in the reader's theme."""
        return f"token:--opt-{self.index}"


OPTIONS = (
    OptionStyle(0, "#334155", "#CBD5E1", "diamond", "diamond", "M7 0l7 7-7 7-7-7z"),
    OptionStyle(1, "#485AF4", "#6066FA", "circle", "circle", "M7 1a6 6 0 1 0 0 12A6 6 0 1 0 7 1z"),
    OptionStyle(2, "#5296E8", "#0FBBFE", "square", "square", "M1.5 1.5h11v11h-11z"),
    OptionStyle(3, "#6C35A7", "#AA5CA3", "triangle", "triangle-up", "M7 .8l6.7 11.9H.3z"),
    OptionStyle(4, "#006D5C", "#5BAF4D", "pentagon", "pentagon", "M7 .4l6.8 5-2.6 8H2.8L.2 5.4z"),
    OptionStyle(5, "#AB8B21", "#FFC651", "triangle pointing down", "triangle-down", "M7 13.2L.3 1.3h13.4z"),
    OptionStyle(6, "#DA679C", "#E882B6", "hexagon", "hexagon", "M3.5.9h7L14 7l-3.5 6.1h-7L0 7z"),
    OptionStyle(
        7, "#AF2F08", "#B44F16", "star", "star",
        "M7 .3l2 4.5 4.9.5-3.7 3.3 1.1 4.8L7 10.9l-4.3 2.5 1.1-4.8L.1 5.3 5 4.8z",
    ),
)  # fmt: skip


def option_style(index: int) -> OptionStyle:
    """The style of option `index`; a ninth option starts over with the second colour.

    The incumbent's own diamond is never lent to a candidate.
    """
    if index < len(OPTIONS):
        return OPTIONS[index]
    return OPTIONS[1 + (index - 1) % (len(OPTIONS) - 1)]
