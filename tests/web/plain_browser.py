"""What a browser without scripts makes of a page: the links it can follow, the forms it can send."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

Pairs = list[tuple[str, str]]
Attributes = dict[str, str]
NOT_SENT = {"submit", "button", "reset", "file", "image"}


@dataclass
class Form:
    """A form as the page fills it in. `buttons`: what each that sends it adds, and where it sends it."""

    method: str
    action: str
    key: str
    fields: Pairs = field(default_factory=list)
    buttons: list[tuple[Pairs, str]] = field(default_factory=list)

    def sent_by(self, button: Pairs) -> dict[str, list[str]]:
        data: dict[str, list[str]] = {}
        for name, value in [*self.fields, *button]:
            data.setdefault(name, []).append(value)
        return data


class PlainPage(HTMLParser):
    """Reads a page. `live`: elements that only a script gives an effect."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.forms: list[Form] = []
        self.live: list[str] = []
        self._open: list[Form] = []
        self._select: tuple[str, str, list[tuple[str, bool]]] | None = None
        self._text: tuple[str, str, list[str]] | None = None
        self._waiting: list[tuple[str, str, str]] = []  # (form's id, name, value): fields that stand outside
        self._outer: list[tuple[str, Pairs, str]] = []
        self.feed(html)
        self._gather()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given["id"]} if "id" in given else set()
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "form":
            form = Form(given.get("method", "get").lower(), given.get("action", ""), given.get("id", ""))
            self.forms.append(form)
            self._open.append(form)
        elif tag in ("input", "button", "select", "option", "textarea"):
            self._control(tag, given)
        if self._needs_a_script(tag, given):
            self.live.append(self.get_starttag_text() or tag)

    def _needs_a_script(self, tag: str, given: Attributes) -> bool:
        asks = [given[name] for name in ("hx-get", "hx-post") if name in given]
        return bool(asks) and not self._open and "every" not in given.get("hx-trigger", "")

    def _control(self, tag: str, given: Attributes) -> None:
        if "disabled" in given and tag != "option":
            return
        owner, name, kind = given.get("form", ""), given.get("name", ""), given.get("type", "text").lower()
        if tag == "button" or (tag == "input" and kind == "submit"):
            if given.get("type", "submit") == "submit":
                self._button(
                    owner, [(name, given.get("value", ""))] if name else [], given.get("formaction", "")
                )
        elif tag == "select":
            self._select = (owner, name, [])
        elif tag == "option" and self._select:
            self._select[2].append((given.get("value", ""), "selected" in given))
        elif tag == "textarea":
            self._text = (owner, name, [])
        elif name and kind not in NOT_SENT and (kind not in ("checkbox", "radio") or "checked" in given):
            self._field(owner, name, given.get("value", "on" if kind == "checkbox" else ""))

    def handle_data(self, data: str) -> None:
        if self._text:
            self._text[2].append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open:
            self._open.pop()
        elif tag == "select" and self._select:
            owner, name, options = self._select
            self._select = None
            chosen = next(
                (value for value, selected in options if selected), options[0][0] if options else None
            )
            if name and chosen is not None:
                self._field(owner, name, chosen)
        elif tag == "textarea" and self._text:
            owner, name, pieces = self._text
            self._text = None
            self._field(owner, name, "".join(pieces).removeprefix("\n"))

    def _field(self, owner: str, name: str, value: str) -> None:
        if owner:
            self._waiting.append((owner, name, value))
        elif self._open:
            self._open[-1].fields.append((name, value))

    def _button(self, owner: str, adds: Pairs, address: str) -> None:
        if owner:
            self._outer.append((owner, adds, address))
        elif self._open:
            self._open[-1].buttons.append((adds, address))

    def _gather(self) -> None:
        by_id = {form.key: form for form in self.forms if form.key}
        for owner, name, value in self._waiting:
            by_id[owner].fields.append((name, value))
        for owner, adds, address in self._outer:
            by_id[owner].buttons.append((adds, address))
