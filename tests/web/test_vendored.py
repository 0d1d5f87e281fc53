"""Parts made by others are what their lists say, and Plotly on the page matches Plotly in Python."""

import hashlib
import re
from pathlib import Path

import plotly

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"


def test_every_vendored_file_is_listed_and_unchanged():
    listed = dict(
        reversed(line.split(maxsplit=1)) for line in (VENDOR / "CHECKSUMS").read_text().splitlines()
    )
    present = {
        f"./{path.relative_to(VENDOR)}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name not in {"CHECKSUMS", "README.md"}
    }
    assert present == listed


def test_every_part_comes_with_its_licence():
    for folder in VENDOR.iterdir():
        assert not folder.is_dir() or list(folder.glob("LICENSE*")), folder.name


def test_the_page_draws_with_the_version_that_python_was_made_for():
    ours = (VENDOR / "plotly" / "plotly-cartesian.min.js").read_text()[:400]
    theirs = (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_text()[:400]
    version = re.compile(r"plotly\.js.*? v(\d+\.\d+\.\d+)")
    assert version.search(ours)[1] == version.search(theirs)[1]
