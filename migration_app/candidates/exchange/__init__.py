"""Exchange rates that a team wrote down: nothing is converted without one.

models    a rate as a row, kept as history
queries   which rate counts
actions   writing one down, taking one back
"""
