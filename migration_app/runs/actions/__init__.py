"""Writes about assessments and runs, as verbs.

assessments   put a question
start         plan its run
control       pause, resume, cancel, end early
going_on      what stands against going on, by the rules as they are now
extend        ask more: what failed, more samples, one more model
caps          what a run may spend, and what happens when that is reached
"""

from .assessments import MAX_CANDIDATES, check_candidates, check_limits, create_assessment
from .caps import note_budget_reached, note_team_cap_reached, raise_cap
from .control import cancel_run, finish_early, pause_run, resume_run
from .errors import CannotChange, CannotStart, InvalidAssessment, RuleBroken
from .extend import add_candidate, ask_failed_again, extend_samples, weigh_reviews
from .start import Started, start_run

__all__ = [
    "MAX_CANDIDATES",
    "CannotChange",
    "CannotStart",
    "InvalidAssessment",
    "RuleBroken",
    "Started",
    "add_candidate",
    "ask_failed_again",
    "cancel_run",
    "check_candidates",
    "check_limits",
    "create_assessment",
    "extend_samples",
    "finish_early",
    "note_budget_reached",
    "note_team_cap_reached",
    "pause_run",
    "raise_cap",
    "resume_run",
    "start_run",
    "weigh_reviews",
]
