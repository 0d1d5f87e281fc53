"""Property tests draw the same examples every time, however busy the machine is.

A conftest whose tests are such imports it: whichever folders are run, and in whatever order.
"""

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None, database=None)
settings.load_profile("steady")
