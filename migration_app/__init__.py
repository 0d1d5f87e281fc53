"""Crossover: may this LLM workload move to another model, and what would that gain and risk?"""

__version__ = "0.1.0"
