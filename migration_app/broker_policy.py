"""Whether a Redis may carry our messages and our rate limits: one that evicts may not.

Under memory pressure an evicting server drops queues and counters without any error. Runs
would wait for hints that never come, and rate limits would start again from nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # settings-free programs import this module before they need a client
    from redis import Redis

REQUIRED_POLICY = "noeviction"


def eviction_policy(url: str, *, timeout: float = 2.0) -> str:
    """The server's `maxmemory-policy`; servers that do not say never evict.

    Raises redis.RedisError when it does not answer, ValueError when the address is none.
    """
    with impatient_client(url, timeout=timeout) as client:
        return policy_of(client)


def policy_of(client: Redis) -> str:
    """`eviction_policy` of a server we are talking to already."""
    return str(client.info("memory").get("maxmemory_policy", REQUIRED_POLICY))


def impatient_client(url: str, *, timeout: float) -> Redis:
    """A client that asks once and gives up after `timeout` seconds. Raises ValueError for no address."""
    from redis import Redis
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return Redis.from_url(
        url, socket_timeout=timeout, socket_connect_timeout=timeout, retry=Retry(NoBackoff(), 0)
    )


def refusal_of(policy: str) -> str:
    """A sentence when this policy may lose messages, else ""."""
    if policy == REQUIRED_POLICY:
        return ""
    return (
        f"The server named by REDIS_URL may throw messages away (maxmemory-policy {policy}). "
        f"Set it to {REQUIRED_POLICY}, or leave REDIS_URL out to get a private server."
    )
