"""One small open model behind an OpenAI-compatible server, on loopback, until a signal.

    python -m migration_app.demo.serve_model --weights FILE --port 8101 --alias NAME

One process serves one model: llama.cpp's server answers for any model name it is asked for, so
a shared one could silently answer for the wrong model. The key comes from MODEL_API_KEY, never
from the command line, which other accounts can read.
"""

from __future__ import annotations

import argparse
import os
import signal
from pathlib import Path

CONTEXT = 4096  # tokens, divided by the slots
SLOTS = 2
THREADS = 2
PROMPT_CACHE = 256  # MiB


def main() -> None:
    options = _options()
    # Waiting threads that spin would steal the cores from whatever else runs; before OpenMP loads.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    import xllamacpp

    stop = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, stop)  # the server's threads inherit it; we wait below
    server = xllamacpp.Server(_parameters(xllamacpp, options))
    print(f"Serving {options.alias} at {server.listening_address}", flush=True)
    signal.sigwait(stop)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Serve one model on loopback.")
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--alias", required=True)
    return parser.parse_args()


def _parameters(xllamacpp: object, options: argparse.Namespace) -> object:
    chosen = xllamacpp.CommonParams()  # type: ignore[attr-defined]
    chosen.model.path = str(options.weights)
    chosen.model_alias = {options.alias}
    chosen.hostnames = ["127.0.0.1"]
    chosen.port = options.port
    chosen.api_keys = [os.environ["MODEL_API_KEY"]]
    chosen.n_ctx = CONTEXT
    chosen.n_parallel = SLOTS
    chosen.cpuparams.n_threads = THREADS
    chosen.cpuparams_batch.n_threads = THREADS
    chosen.cache_ram_mib = PROMPT_CACHE
    chosen.offline = True
    chosen.ui = False
    return chosen


if __name__ == "__main__":
    main()
