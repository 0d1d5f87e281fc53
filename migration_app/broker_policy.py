"""Whether a Redis may carry our messages and our rate limits: one that evicts may not.

Under memory pressure an evicting server drops queues and counters without any error. Runs
would wait for hints that never come, and rate limits would start again from nothing.
"""

from __future__ import annotations

REQUIRED_POLICY = "noeviction"


def eviction_policy(url: str, *, timeout: float = 2.0) -> str:
    """The server's `maxmemory-policy`; servers that do not say never evict.

    Raises redis.RedisError when it does not answer, ValueError when the address is none.
    """
    import redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    with redis.Redis.from_url(
        url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=Retry(NoBackoff(), 0)
    ) as client:
        return str(client.info("memory").get("maxmemory_policy", REQUIRED_POLICY))


def refusal_of(policy: str) -> str:
    """A sentence when this policy may lose messages, else ""."""
    if policy == REQUIRED_POLICY:
        return ""
    return (
        f"The server named by REDIS_URL may throw messages away (maxmemory-policy {policy}). "
        f"Set it to {REQUIRED_POLICY}, or leave REDIS_URL out to get a private server."
    )
