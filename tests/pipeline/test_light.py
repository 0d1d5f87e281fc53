"""What every worker loads before it does anything: little, because there are many of them."""

import json
import os
import subprocess
import sys
from pathlib import Path

HEAVY = (
    "numpy scipy pyarrow openpyxl typst plotly botocore tiktoken genai_prices jsonschema rapidfuzz openai"
).split()
LOOK = (
    "import json, sys, migration_app.celery, migration_app.pipeline.tasks; "
    f"print(json.dumps([name for name in {HEAVY} if name in sys.modules]))"
)


def test_a_worker_that_only_replays_loads_no_library_of_the_later_stages():
    script = f"import django; django.setup(); {LOOK}"
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "migration_app.settings"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.strip().splitlines()[-1]) == []
