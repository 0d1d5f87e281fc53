"""`python -m bench [NAME …]`: run the named benches, or all. Ends with 1 where a bar is missed."""

from __future__ import annotations

import sys
from collections.abc import Callable

from bench import imports, lighthouse, prices, replay, shown, verdict

BENCHES: dict[str, Callable[[], bool]] = {
    "replay": replay.main,
    "prices": prices.main,
    "import": imports.main,
    "verdict": verdict.main,
    "lighthouse": lighthouse.main,
    "pages": shown.main,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"There is no bench called {', '.join(unknown)}. There is: {', '.join(BENCHES)}.")
        return 2
    results = [BENCHES[name]() for name in names or BENCHES]
    return 0 if all(results) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
