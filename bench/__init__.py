"""What the product must reach, measured and printed with its bars.

make bench             every bench
make bench-replay      the replay engine, beside plain aiohttp and the plain openai client

table        rows with a value and a bar; the JSON file; what counts as missed
mock         the scripted server (mockllm.c), compiled and started, and its own log
contestants  the same work by `aiohttp` and by `openai`
product      the same work by the product: planned run, database, feed, settled rows
"""
