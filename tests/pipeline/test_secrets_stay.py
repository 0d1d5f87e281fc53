"""A key is planted and used from the first test of its connection to the last export, with a vendor that
repeats it in every refusal; then it is looked for in every page, file, log, message and row."""

from __future__ import annotations

import base64
import binascii
import io
import re
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection as database
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from migration_app.candidates.models import Candidate, Connection
from migration_app.pipeline import control
from migration_app.reports.actions import make_file
from migration_app.reports.files import KINDS
from migration_app.runs.models import Attempt, Run, RunState
from tests.builders import a_question, a_team, a_workload, person
from tests.pipeline.conftest import Workers, patience
from tests.servers.wire.base import Asked, Reply, WireVendor, serving, whole
from tests.servers.wire.openai import stream

PLANT = "planted-Kw3secretkey-9876"


class Gossip(WireVendor):
    """Answers; but of every third request it says no, and repeats all it was told with it."""

    def route(self, asked: Asked) -> Reply:
        if asked.method == "GET":
            return whole({"object": "list", "data": [{"id": "good"}, {"id": "weak"}]})
        said = f"{dict(asked.headers)} {asked.raw[:300]!r}"
        if len(self.asked) % 3 == 0:
            return whole({"error": {"message": f"cannot take this: {said}", "code": "bad"}}, 400)
        if asked.body.get("stream"):
            return stream(asked, {"content": "routing "}, {"content": "answer"})
        message = {"role": "assistant", "content": "Hello!"}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        told = {"id": "1", "object": "chat.completion", "created": 1, "model": "m"}
        return whole(told | {"choices": [choice]})


@contextmanager
def overheard(url: str) -> Iterator[list[str]]:
    """All that goes through the broker meanwhile, message bodies unpacked too."""
    said: list[str] = []
    listener = redis.Redis.from_url(url, socket_timeout=None)  # the workers may be long in coming
    with listener.monitor() as monitor:

        def listen() -> None:
            try:
                for command in monitor.listen():
                    said.append(command["command"])
            except (redis.RedisError, OSError, ValueError, AttributeError):
                return  # it was closed

        threading.Thread(target=listen, daemon=True).start()
        yield said
    listener.close()


def unpacked(text: str) -> str:
    """What the base64 in a text says."""
    found = []
    for word in re.findall(r"[A-Za-z0-9+/=]{24,}", text):
        try:
            found.append(base64.b64decode(word, validate=True).decode(errors="replace"))
        except (binascii.Error, ValueError):
            continue
    return " ".join(found)


def every_page(browser: Client, most: int = 250) -> dict[str, str]:
    """Every page that a person can reach by following links from the first, by its address."""
    seen: dict[str, str] = {}
    waiting = [reverse("assessments"), reverse("connections"), reverse("prices"), reverse("hosting")]
    while waiting and len(seen) < most:
        address = waiting.pop(0)
        if address in seen or address.startswith(("/static/", "/catalogue/", "/files/")):
            continue
        answer = browser.get(address)
        if answer.status_code in (301, 302):
            waiting.append(urljoin(address, answer["Location"]))
            seen[address] = ""
            continue
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        seen[address] = f"{answer.headers} {body.decode(errors='replace')}"
        if "text/html" in answer.get("Content-Type", ""):
            links = re.findall(r'(?:href|hx-get)="([^"]+)"', seen[address])
            found = (urldefrag(urljoin(address, link.replace("&amp;", "&")))[0] for link in links)
            waiting += [link for link in found if link.startswith("/") and not urlsplit(link).netloc]
    return seen


def files_of(run: Run) -> dict[str, str]:
    """Each export as it lies on the disk, and as a reader sees it."""
    report, found = run.reports.get(), {}
    for kind in KINDS:
        data = make_file(report=report, kind=kind).file.read()
        found[kind] = data.decode("latin-1")
        if data[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(data)) as parts:
                found[f"{kind}, unpacked"] = " ".join(
                    parts.read(name).decode(errors="replace") for name in parts.namelist()
                )
        if data[:5] == b"%PDF-":
            pages = PdfReader(io.BytesIO(data)).pages
            found[f"{kind}, as text"] = " ".join(page.extract_text() for page in pages)
    return found


def every_row() -> dict[str, str]:
    """Every table as it is stored, and the file of a database that is one."""
    found = {}
    with database.cursor() as cursor:
        for table in database.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            found[table] = str([[_plain(cell) for cell in row] for row in cursor.fetchall()])
    name = database.settings_dict["NAME"]
    if database.vendor == "sqlite" and Path(name).is_file():
        found["the database's file"] = Path(name).read_bytes().decode("latin-1")
    return found


def _plain(cell: Any) -> Any:
    return bytes(cell).decode("latin-1") if isinstance(cell, bytes | memoryview) else cell


def typed_in(browser: Client, url: str) -> Connection:
    """A connection as Alice makes it, key and all, and two models."""
    form = {"name": "Ours", "base_url": f"{url}/v1", "api_key": PLANT, "max_concurrency": "4"}
    answer = browser.post(f"{reverse('connection-new')}?vendor=vllm", form)
    assert answer.status_code == 302, answer.content.decode()
    ours = Connection.objects.get()
    for name in ("good", "weak"):
        browser.post(reverse("candidate-new", args=[ours.pk]), {"model": name, "label": name})
    return ours


@pytest.mark.faults
def test_a_planted_key_is_in_no_page_file_log_message_or_row(
    workers: Workers, broker: str, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.PRIVATE_ADDRESSES = ["127.0.0.0/8"]
    caplog.set_level(0)
    team, alice, vendor = a_team(), Client(), Gossip()
    alice.force_login(person())
    workers.start()
    with serving(vendor) as url, overheard(broker) as said, patience(300) as until:
        ours = typed_in(alice, url)
        alice.post(reverse("connection-test", args=[ours.pk]))
        until(lambda: Connection.objects.get().checked_at is not None)
        question = a_question(team, a_workload(team, 12), *Candidate.objects.order_by("label"))
        run = control.start(assessment=question, user=person())
        ended = (RunState.FINISHED, RunState.FAILED)
        until(lambda: Run.objects.get(pk=run.pk).state in ended)
    run.refresh_from_db()
    assert run.state == RunState.FINISHED, run.state_note
    assert any(PLANT in one.headers.get("authorization", "") for one in vendor.asked), "it was sent"
    assert Attempt.objects.filter(message__contains="[key]").exists(), "and came back, and was taken out"

    pages = every_page(alice)
    told = {f"page {address}": text for address, text in pages.items()} | files_of(run) | every_row()
    told |= {"messages": " ".join(said), "messages, unpacked": " ".join(map(unpacked, said))}
    told |= {"the workers' log": workers.log.read_text(errors="replace"), "our log": caplog.text}
    told |= {
        f"file {path.name}": path.read_bytes().decode("latin-1")
        for path in workers.log.parent.rglob("*")
        if path.is_file()
    }
    assert str(ours.pk) in told["messages, unpacked"], "the message that names the connection was overheard"
    assert reverse("samples", args=[run.pk]) in pages
    places = [place for place, text in told.items() if PLANT in text or PLANT in unpacked(text)]
    assert places == []
    assert PLANT[-4:] in pages[reverse("connection", args=[ours.pk])], "its end is shown, to tell it by"


def test_an_accident_shows_and_logs_no_key(
    db: None, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is raised while the key is in hand gives a page without it, and a traceback without it."""
    a_team()
    alice = Client(raise_request_exception=False)
    alice.force_login(person())

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("migration_app.candidates.actions.connections.save_named", broken)
    form = {"name": "Ours", "base_url": "https://1.1.1.1/v1", "api_key": PLANT, "max_concurrency": "4"}
    answer = alice.post(f"{reverse('connection-new')}?vendor=openai", form)
    assert answer.status_code == 500 and PLANT not in answer.content.decode()
    assert "Traceback" not in answer.content.decode() and not django_settings.DEBUG
    assert "the disk is full" in caplog.text and PLANT not in caplog.text
