"""Failed sign-ins are counted by name and address: whose address it is decides who is locked out."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from migration_app.accounts.models import User
from migration_app.accounts.visitors import address_of

PASSWORD, PROXY, LIMIT = "a-long-enough-word", "10.0.0.1", 10


@pytest.mark.parametrize(
    ("behind", "peer", "forwarded", "visitor"),
    [
        (False, "203.0.113.9", None, "203.0.113.9"),
        (False, "203.0.113.9", "198.51.100.7", "203.0.113.9"),
        (True, PROXY, "198.51.100.7", "198.51.100.7"),
        (True, PROXY, "192.0.2.1, 198.51.100.7", "198.51.100.7"),
        (True, PROXY, "nonsense", PROXY),
        (True, PROXY, None, PROXY),
        (True, "", "", None),
        (False, "2001:db8:1:2:3::4", None, "2001:db8:1:2::"),
        (False, "::ffff:203.0.113.9", None, "203.0.113.9"),
        (False, "fe80::1%eth0", None, "fe80::"),
    ],
)
def test_whose_address_counts(behind, peer, forwarded, visitor, settings) -> None:
    settings.BEHIND_PROXY = behind
    extra = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    assert address_of(RequestFactory().get("/", REMOTE_ADDR=peer, **extra)) == visitor


def sign_in(password: str, **more: str) -> int:
    form = {"username": "eve", "password": password}
    return Client().post(reverse("login"), form, REMOTE_ADDR=PROXY, **more).status_code


def test_a_stranger_behind_the_same_proxy_locks_nobody_out(db: None, settings) -> None:
    settings.BEHIND_PROXY = True
    User.objects.create_user("eve", password=PASSWORD)
    for guess in range(LIMIT + 1):
        last = sign_in("wrong", HTTP_X_FORWARDED_FOR=f"192.0.2.{guess}, 198.51.100.7")
    assert last == 429, "what the stranger puts in front changes nothing"
    assert sign_in(PASSWORD, HTTP_X_FORWARDED_FOR="203.0.113.9") == 302
    assert sign_in(PASSWORD, HTTP_X_FORWARDED_FOR="198.51.100.7") == 429
