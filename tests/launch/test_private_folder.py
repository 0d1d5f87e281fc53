"""On a machine with other people, what customers sent is in a folder that only its owner opens."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

from migration_app.launch.ledger import only_launcher

ROOT = Path(__file__).parents[2]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def load_settings(folder: Path) -> None:
    command = [sys.executable, "-c", "import migration_app.settings"]
    subprocess.run(command, cwd=ROOT, env=os.environ | {"CROSSOVER_DATA_DIR": str(folder)}, check=True)


def test_the_settings_make_it_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "data"
    load_settings(folder)
    assert (mode(folder), mode(folder / "keys"), mode(folder / "keys" / "fields")) == (0o700, 0o700, 0o600)


def test_the_launcher_makes_it_for_its_owner_alone(tmp_path: Path) -> None:
    with only_launcher(tmp_path / "data" / "run" / "launcher.lock"):
        assert mode(tmp_path / "data") == 0o700


def test_a_folder_that_an_operator_shares_stays_shared(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o770)
    load_settings(folder)
    assert mode(folder) == 0o770
    assert mode(folder / "crossover.sqlite3") & 0o007 == 0, "not with everybody on the machine"
