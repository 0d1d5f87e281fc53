"""A feed: keeps a lane's slots full for a while, then hands on.

The event loop only calls vendors; every database step runs in one thread of its own, so that
a slow write never delays the stamp on an answer's first byte.

    supply ──► ready queue ──► calls (one per slot) ──► results ──► upkeep (settle)
       ▲                          ▲                                    │
       │            guard, turns ─┘ whether and when a call may go     │
       └──────────────────  upkeep (renew, obey)  ◄────────────────────┘

    work      what a feed needs to know of its lane, read once
    slice     what the parts above share while one slice runs
    warm_up   calls that wake the lane's models up, before anything is measured
    loop      one slice from its beginning to its end
    beside    slices of other lanes in the same process, when there are more lanes than processes
"""

from .loop import replay

__all__ = ["replay"]
