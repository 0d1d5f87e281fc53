"""What a server can serve at most, by the roofline: an estimate with a range, never a measurement.

Decoding reads the weights and every request's cache once for each token; it is bound by the
memory's bandwidth until enough requests share a reading, then by arithmetic (Williams et al. 2009,
CACM 52(4):65–76; Pope et al. 2022, arXiv:2211.05102):

    step      = max( (weights read + requests × cache) ÷ bandwidth , 2 × active × requests ÷ arithmetic )
    prefill   = 2 × active × input tokens ÷ arithmetic
    a request = prefill of all that share the server + output tokens × step
    rate      = requests ÷ a request

Of a mixture of experts, a step of b requests touches about 1 − (1 − active/all)^b of the weights.
Servers reach 40 to 75% of the bandwidth and 30 to 60% of the arithmetic on paper; the middle of
both is the estimate, their ends its range. Each doubling of processors costs a tenth for their talk.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .memory import Load, Precision, Processor, Weights, cache_bytes, weight_bytes

BANDWIDTH_REACHED = (0.40, 0.55, 0.75)
ARITHMETIC_REACHED = (0.30, 0.45, 0.60)
PER_DOUBLING = 0.9


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests a second that one replica serves within its limits; low, high: the range.

    measured: from a test under load; then low and high are its interval, or the value itself.
    """

    value: float
    low: float
    high: float
    measured: bool = False


@dataclass(frozen=True, slots=True)
class Speed:
    """seconds_per_token, first_token: of a request on a full server; tokens_per_second: of the server."""

    rate: Rate
    seconds_per_token: float
    first_token: float
    tokens_per_second: float


def estimate_speed(
    weights: Weights,
    precision: Precision,
    load: Load,
    processor: Processor,
    count: int,
    input_tokens: float,
    output_tokens: float,
) -> Speed:
    """One replica of `count` processors with `load.concurrency` requests of this size at a time."""
    ends = [
        _Roofline(weights, precision, load, processor, count, bandwidth, arithmetic)
        for bandwidth, arithmetic in zip(BANDWIDTH_REACHED, ARITHMETIC_REACHED, strict=True)
    ]
    low, middle, high = (line.rate(input_tokens, output_tokens) for line in ends)
    step, prefill = ends[1].step(input_tokens + output_tokens / 2), ends[1].prefill(input_tokens)
    return Speed(
        rate=Rate(middle, low, high),
        seconds_per_token=step + prefill * load.concurrency / max(1.0, output_tokens),
        first_token=prefill + step,
        tokens_per_second=middle * output_tokens,
    )


@dataclass(frozen=True, slots=True)
class _Roofline:
    weights: Weights
    precision: Precision
    load: Load
    processor: Processor
    count: int
    bandwidth_reached: float
    arithmetic_reached: float

    def step(self, remembered: float) -> float:
        """Seconds of one token for every request at a time, each remembering so many tokens."""
        active, batch = self.weights.active_parameters, self.load.concurrency
        cache = batch * cache_bytes(self.weights.attention, math.ceil(remembered), self.load.cache_bits)
        read = (weight_bytes(self.weights, self.precision) * self._touched() + cache) / self._bandwidth()
        return max(read, 2 * active * batch / self._flops())

    def prefill(self, input_tokens: float) -> float:
        return 2 * self.weights.active_parameters * input_tokens / self._flops()

    def rate(self, input_tokens: float, output_tokens: float) -> float:
        batch = self.load.concurrency
        remembered = input_tokens + output_tokens / 2
        decoding = max(1.0, output_tokens) * self.step(remembered)
        return batch / (batch * self.prefill(input_tokens) + decoding)

    def _touched(self) -> float:
        share = self.weights.active_parameters / self.weights.parameters
        return 1 - (1 - share) ** self.load.concurrency

    def _talk(self) -> float:
        return float(self.count * PER_DOUBLING ** math.log2(self.count))

    def _bandwidth(self) -> float:
        return self.processor.bandwidth * 1e9 * self.bandwidth_reached * self._talk()

    def _flops(self) -> float:
        peak = self.processor.flops[self.precision.arithmetic] * 1e12
        return peak * self.arithmetic_reached * self._talk()
