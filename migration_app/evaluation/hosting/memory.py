"""Memory that serving a model needs, and the processors that hold it.

    weights  = parameters × bits of the precision ÷ 8
    cache    = requests at a time × Σ over layers of values a token leaves × tokens remembered × bytes
    adapters = number × 21.5 × rank × hidden × layers × 2 bytes
    runtime  = 1.5 GiB on each processor, and 10% of its memory kept free

Values a token leaves in a layer's cache: 2 × KV heads × head size, a key and a value of each
(Shazeer 2019, arXiv:1911.02150; Ainslie et al. 2023, arXiv:2305.13245); `latent` with multi-head
latent attention (DeepSeek-V2, arXiv:2405.04434). Layers with a sliding window remember only that
window (Beltagy et al. 2020, arXiv:2004.05150). A LoRA of rank r on all seven projections of a
layer has r × (rows + columns) weights each; with a feed-forward part 3.5 times as wide as `hidden`
that is 21.5 × r × hidden (Hu et al. 2021, arXiv:2106.09685). 90% is what vLLM takes of a
processor's memory unless told otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..wording import gettext_noop

GIB = 2**30
KEPT_FREE = 0.10
RUNTIME_BYTES = 1.5 * GIB
# Tensor parallelism divides a model's heads, so machines join 1, 2, 4 or 8 processors.
COUNTS = (1, 2, 4, 8)


@dataclass(frozen=True, slots=True)
class Precision:
    """How weights are stored. bits: a weight, with its scales and what stays unquantised.

    arithmetic: what the processor must be able to multiply: "fp16", "fp8" or "int8".
    """

    name: str
    label: str
    bits: float
    arithmetic: str
    basis: str


PRECISIONS = {
    precision.name: precision
    for precision in (
        Precision(
            "fp16", gettext_noop("16 bit (fp16 or bf16)"), 16, "fp16", gettext_noop("2 bytes a weight")
        ),
        Precision("fp8", gettext_noop("8 bit (fp8)"), 8, "fp8", gettext_noop("1 byte a weight")),
        Precision("int8", gettext_noop("8 bit (int8)"), 8, "int8", gettext_noop("1 byte a weight")),
        Precision(
            "awq", gettext_noop("4 bit (AWQ or GPTQ)"), 4.5, "fp16",
            gettext_noop("4 bits a weight, a 16-bit scale for each 128, and embeddings at 16 bits"),
        ),
        Precision(
            "gguf", gettext_noop("4 bit (GGUF Q4_K_M)"), 4.9, "fp16",
            gettext_noop("4.9 bits a weight, as llama.cpp states for Llama 3.1 8B"),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attention:
    """What of a model's build the cache depends on. Without a window every layer remembers all."""

    layers: int
    hidden: int
    kv_heads: int | None = None
    head_dim: int | None = None
    latent: int | None = None
    window: int | None = None
    full_layers: int | None = None

    @property
    def values_per_token(self) -> int:
        """Values that a token leaves in one layer's cache."""
        if self.latent is not None:
            return self.latent
        assert self.kv_heads and self.head_dim
        return 2 * self.kv_heads * self.head_dim


@dataclass(frozen=True, slots=True)
class Weights:
    """A model's size. active: parameters at work on each token; all of them where experts share nothing."""

    parameters: int
    attention: Attention
    active: int | None = None
    native_bits: float | None = None

    @property
    def active_parameters(self) -> int:
        return self.active or self.parameters


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of one server. context: tokens of a request, question and answer together."""

    context: int
    concurrency: int
    cache_bits: int = 16
    adapters: int = 0
    adapter_rank: int = 16


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes. `cache` is for all requests at a time; `cache_per_token` for one more remembered token."""

    weights: float
    cache: float
    adapters: float
    cache_per_token: float

    @property
    def total(self) -> float:
        """Without what each processor needs for itself."""
        return self.weights + self.cache + self.adapters


@dataclass(frozen=True, slots=True)
class Processor:
    """A GPU. memory: GiB as its driver reports them; bandwidth: GB/s; flops: dense TFLOP/s by
    arithmetic ("fp16", "fp8", "int8"), those it lacks left out."""

    name: str
    memory: float
    bandwidth: float
    flops: dict[str, float]

    @property
    def usable_bytes(self) -> float:
        """What one of them has left for weights and cache."""
        return self.memory * GIB * (1 - KEPT_FREE) - RUNTIME_BYTES


@dataclass(frozen=True, slots=True)
class Fit:
    """How many of a processor hold a model; None: not even eight, `why` says what is in the way."""

    processor: Processor
    count: int | None
    used: float  # share of the usable memory, of the count or of one where none fits
    why: str = ""

    @property
    def on_one(self) -> bool:
        return self.count == 1


def weight_bytes(weights: Weights, precision: Precision) -> float:
    """Bytes of the weights; what is published with fewer bits than asked for stays as published."""
    bits = min(precision.bits, weights.native_bits or precision.bits)
    return weights.parameters * bits / 8


def cache_bytes(attention: Attention, tokens: int, bits: int = 16) -> float:
    """Bytes of the cache of one request that remembers `tokens`."""
    full = attention.layers if attention.full_layers is None else attention.full_layers
    short = min(tokens, attention.window or tokens)
    remembered = full * tokens + (attention.layers - full) * short
    return remembered * attention.values_per_token * bits / 8


def memory_needed(weights: Weights, precision: Precision, load: Load) -> Memory:
    attention = weights.attention
    one_more = cache_bytes(attention, 2, load.cache_bits) - cache_bytes(attention, 1, load.cache_bits)
    return Memory(
        weights=weight_bytes(weights, precision),
        cache=load.concurrency * cache_bytes(attention, load.context, load.cache_bits),
        adapters=load.adapters * 21.5 * load.adapter_rank * attention.hidden * attention.layers * 2,
        cache_per_token=one_more,
    )


def fit(weights: Weights, precision: Precision, load: Load, processor: Processor) -> Fit:
    """The fewest of a processor that hold the model and its load."""
    memory = memory_needed(weights, precision, load)
    alone = memory.total / processor.usable_bytes
    if precision.arithmetic not in processor.flops:
        return Fit(processor, None, alone, "arithmetic")
    for count in COUNTS:
        used = _share(memory, weights.attention, processor, count)
        if used <= 1:
            return Fit(processor, count, used)
    return Fit(processor, None, alone, "memory")


def _share(memory: Memory, attention: Attention, processor: Processor, count: int) -> float:
    """Share of one processor's usable memory, when `count` of them divide the model.

    Heads of keys and values cannot be divided further than one a processor; a latent cache is
    kept whole on each.
    """
    heads = 1 if attention.latent is not None else attention.kv_heads or 1
    return ((memory.weights + memory.adapters) / count + memory.cache / min(count, heads)) / (
        processor.usable_bytes
    )
