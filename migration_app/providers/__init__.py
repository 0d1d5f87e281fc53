"""How to speak to a vendor: a conversation goes out, an `Outcome` comes back.

    client.Client         the facade: one per feed and event loop
    vendors.VENDORS       the table of vendors and what each of them takes
    addresses             where we may connect, and where never
    openai_compatible     the wire format most vendors share
    transport             our own HTTP/1.1 client, which stamps every read as it arrives
    checks, listing       "Test connection" and the models on offer, with the reference client

No Django here, and no clock but the monotonic one that measures a call.
"""
