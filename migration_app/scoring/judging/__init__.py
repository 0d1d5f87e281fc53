"""Judges: models that mark answers where no rule can.

subjects   which answers wait for a judge, and which need none
planning   the run of judges: one call for each question
reading    replies become grades and preferences; one that cannot be read is asked for again
marks      judgements become scores
stage      the order of these, step by step, restartable anywhere
evidence   what the judges' word is worth
"""

from .stage import Step, judge_run

__all__ = ["Step", "judge_run"]
