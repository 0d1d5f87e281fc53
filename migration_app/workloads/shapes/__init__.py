"""How the field's tools write the same things: messages, requests, answers, times, token counts.

The readers in `sources` know where a tool keeps them; these modules know how they are written.
"""
