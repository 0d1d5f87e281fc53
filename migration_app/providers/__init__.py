"""How to speak to a vendor: a conversation goes out, an `Outcome` comes back.

    client.Client         the facade: one per feed and event loop
    vendors.VENDORS       the table of vendors and what each of them takes
    protocols             the wire formats: what is written, and what comes back
    paths, auth           where a vendor keeps its chat, and how a call proves who sends it
    addresses             where we may connect, and where never
    transport             our own HTTP/1.1 client, which stamps every read as it arrives:
                          pool, connection and framing are its parts
    reading               from a stamped answer to an Outcome, for all protocols
    failures, diagnoses   what vendors' errors say, and what they mean
    checks, listing       "Test connection" and the models on offer

No Django here, and no clock but the monotonic one that measures a call, save where a signature
or a sign-in has to tell the time of day.
"""
