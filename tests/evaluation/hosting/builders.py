"""Models and processors whose figures are published."""

from migration_app.evaluation.hosting.memory import Attention, Processor, Weights

LLAMA_2_7B = Weights(6_740_000_000, Attention(32, 4096, 32, 128))
LLAMA_3_8B = Weights(8_030_000_000, Attention(32, 4096, 8, 128))
LLAMA_3_70B = Weights(70_550_000_000, Attention(80, 8192, 8, 128))
DEEPSEEK_V3 = Weights(671_000_000_000, Attention(61, 7168, latent=576), active=37_000_000_000, native_bits=8)
GPT_OSS_120B = Weights(
    116_800_000_000, Attention(36, 2880, 8, 64, window=128, full_layers=18), 5_100_000_000, 4.25
)
GEMMA_3_27B = Weights(27_430_000_000, Attention(62, 5376, 16, 128, window=1024, full_layers=10))
T4 = Processor("T4", 15, 320, {"fp16": 65, "int8": 130})
L4 = Processor("L4", 22.5, 300, {"fp16": 121, "fp8": 242, "int8": 242})
H100 = Processor("H100", 79.6, 3350, {"fp16": 989, "fp8": 1979, "int8": 1979})
MI300X = Processor("MI300X", 192, 5300, {"fp16": 1307, "fp8": 2615, "int8": 2615})
