"""The samples tab: a list kept in the address, and one sample with both answers side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from migration_app.comparisons import queries
from migration_app.comparisons.answers import Answer, answer_of
from migration_app.comparisons.queries import ALL, BETTER, SHOWN, WORSE, Wanted
from migration_app.comparisons.sample_pages import SamplePage, SampleRow, place_of, sample_page
from migration_app.reports.failures import failure_name
from migration_app.reports.formatting import count, number
from migration_app.runs.models import Run, RunCandidate
from migration_app.workloads.models import Sample

from .asked import plain_text, whole_number
from .speakers import speaker
from .worddiff import Piece, word_diff

PAGE = 20


class NothingToCompare(Exception):
    """The run asked today's model alone, so there are no answers to set side by side."""


def samples_context(request: HttpRequest, run: Run, featured: int | None) -> dict[str, Any]:
    """What the page shows. The address holds option, show, category, after or before, sample, repetition.

    Raises NothingToCompare.
    """
    asked = request.GET
    entries = list(run.candidates.select_related("run"))
    baseline, candidate = _pair(entries, asked.get("option", ""), featured)
    every = queries.changes_of(candidate)
    wanted = wanted_from(asked)
    within = queries.narrowed(every, run.pk, wanted)
    counts = queries.sample_counts(within)
    if asked.get("show", "") not in SHOWN:
        wanted = replace(wanted, show=WORSE if counts["worse"] else ALL)
    page = _page(request, within, wanted)
    row = _selected(page, asked.get("sample", ""), last="before" in asked)
    kept = {"option": candidate.position} | _kept(wanted)
    return {
        "candidates": [entry for entry in entries if not entry.is_baseline],
        "baseline": baseline,
        "candidate": candidate,
        "categories": queries.categories_of(every),
        "category": wanted.category,
        "show": wanted.show,
        "wanted": wanted,
        "sort": queries.sort_of(wanted),
        "sorts": sort_choices(),
        "failures": failure_choices(every),
        "is_narrowed": wanted != Wanted(show=wanted.show, category=wanted.category),
        "segments": _segments(kept, counts),
        "list": [(each, _link(kept, asked, sample=each.pk), _change(each)) for each in page.rows],
        "page_links": _page_links(kept, page),
        "row": row,
        "total": counts[wanted.show],
        "place": place_of(within, wanted, page, row) if row else 0,
        "steps": _steps(kept, asked, page, row),
        "detail": _detail(row, baseline, candidate, asked.get("repetition", "0")) if row else None,
        "repetitions": _repetitions(kept, asked, run, row),
    }


def wanted_from(asked: Any) -> Wanted:
    """What the address asks for; what makes no sense in it asks for nothing."""
    show, sort = asked.get("show", ""), asked.get("sort", "")
    return Wanted(
        show=show if show in SHOWN else ALL,
        category=plain_text(asked.get("category", "")),
        failure=plain_text(asked.get("error", ""))[:24],
        text=plain_text(asked.get("q", ""))[:200],
        low=_share(asked.get("low", "")),
        high=_share(asked.get("high", "")),
        sort=sort if sort in queries.SORTS else "",
    )


def _share(text: str) -> float | None:
    """A score from 0 to 1; None for what is none."""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= 1 else None


def _kept(wanted: Wanted) -> dict[str, Any]:
    """The wish as the address writes it, without what is left open."""
    return {
        "show": wanted.show,
        "category": wanted.category,
        "error": wanted.failure,
        "q": wanted.text,
        "low": "" if wanted.low is None else f"{wanted.low:g}",
        "high": "" if wanted.high is None else f"{wanted.high:g}",
        "sort": wanted.sort,
    }


def sort_choices() -> list[tuple[str, str]]:
    return [
        ("", _("The usual order")),
        ("worst", _("Most lost first")),
        ("best", _("Most gained first")),
        ("lowest", _("Lowest score first")),
        ("highest", _("Highest score first")),
        ("order", _("As uploaded")),
    ]


def failure_choices(changes: Any) -> list[tuple[str, str]]:
    """The kinds of failure that occur, with their counts, and what else may have gone wrong."""
    kinds = queries.failures_of(changes)
    found = [(kind, f"{failure_name(kind)} ({count(many)})") for kind, many in kinds]
    every = [(queries.ANY_FAILURE, _("Any failed request"))] if found else []
    return [("", _("Any outcome")), *every, *found, (queries.UNSCORED, _("Not scored"))]


def _change(row: SampleRow) -> str:
    return _("not scored") if row.difference is None else number(row.difference, 2, signed=True)


def _pair(
    entries: Sequence[RunCandidate], option: str, featured: int | None
) -> tuple[RunCandidate, RunCandidate]:
    """The baseline and the candidate the address names; else the one the report speaks of."""
    baseline = next((entry for entry in entries if entry.is_baseline), None)
    others = [entry for entry in entries if not entry.is_baseline]
    if baseline is None or not others:
        raise NothingToCompare
    wanted = featured if (asked := whole_number(option)) is None else asked
    return baseline, next((entry for entry in others if entry.position == wanted), others[0])


def _page(request: HttpRequest, within: Any, wanted: Wanted) -> SamplePage:
    """The page the address names; when the sample it names lies elsewhere, the page that begins there."""
    asked = request.GET
    page = sample_page(
        within, wanted, after=asked.get("after", ""), before=asked.get("before", ""), size=PAGE
    )
    sample = whole_number(asked.get("sample", ""))
    if sample is not None and sample not in [row.pk for row in page.rows]:
        return sample_page(within, wanted, at=sample, size=PAGE)
    return page


def _selected(page: SamplePage, sample: str, *, last: bool) -> SampleRow | None:
    chosen = [row for row in page.rows if str(row.pk) == sample]
    if chosen or not page.rows:
        return chosen[0] if chosen else None
    return page.rows[-1] if last else page.rows[0]


def _link(kept: dict[str, Any], asked: Any = None, **changes: Any) -> str:
    """An address on this page. The list's place is kept while one walks within it."""
    place = {name: asked[name] for name in ("after", "before") if asked and name in asked}
    query = urlencode({key: value for key, value in (kept | place | changes).items() if value != ""})
    # On a phone the list comes first: a chosen sample is jumped to.
    return f"?{query}#sample" if "sample" in changes else f"?{query}"


def _segments(kept: dict[str, Any], counts: dict[str, int]) -> list[dict[str, Any]]:
    labels = ((WORSE, _("Got worse")), (BETTER, _("Better")), (ALL, _("All")))
    return [
        {
            "label": label,
            "count": counts[show],
            "url": _link(kept, show=show),
            "current": kept["show"] == show,
        }
        for show, label in labels
    ]


def _page_links(kept: dict[str, Any], page: SamplePage) -> dict[str, str]:
    if not page.rows:
        return {"previous": "", "next": ""}
    return {
        "previous": _link(kept, before=page.rows[0].key) if page.has_previous else "",
        "next": _link(kept, after=page.rows[-1].key) if page.has_next else "",
    }


def _steps(kept: dict[str, Any], asked: Any, page: SamplePage, row: SampleRow | None) -> dict[str, str]:
    """Where J and K lead: the neighbours, across the page's edge when need be."""
    if row is None:
        return {"previous": "", "next": ""}
    index, links = list(page.rows).index(row), _page_links(kept, page)
    before = _link(kept, asked, sample=page.rows[index - 1].pk) if index else links["previous"]
    is_last = index + 1 == len(page.rows)
    after = links["next"] if is_last else _link(kept, asked, sample=page.rows[index + 1].pk)
    return {"previous": before, "next": after}


def _repetitions(kept: dict[str, Any], asked: Any, run: Run, row: SampleRow | None) -> list[dict[str, Any]]:
    count = run.assessment.repetitions
    if row is None or count < 2:
        return []
    now = asked.get("repetition", "0")
    return [
        {"number": n + 1, "url": _link(kept, asked, sample=row.pk, repetition=n), "current": now == str(n)}
        for n in range(count)
    ]


def _detail(
    row: SampleRow, baseline: RunCandidate, candidate: RunCandidate, repetition: str
) -> dict[str, Any]:
    sample = Sample.objects.get(pk=row.pk)
    which = whole_number(repetition) or 0
    before, after = answer_of(baseline, row.pk, which), answer_of(candidate, row.pk, which)
    left, right = word_diff(_said(before), _said(after))
    turns = [turn_of(message) for message in sample.messages]
    last = max((i for i, turn in enumerate(turns) if turn["role"] == "user"), default=len(turns) - 1)
    return {
        "sample": sample,
        "request": turns[last]["text"] if turns else "",
        "context": [turn for i, turn in enumerate(turns) if i != last],
        "tools": json.dumps(sample.tools, indent=2, ensure_ascii=False) if sample.tools else "",
        "references": sample.references,
        "same": bool(left) and _said(before) == _said(after),
        "answers": [_side(baseline, before, left), _side(candidate, after, right)],
    }


def _side(entry: RunCandidate, answer: Answer | None, pieces: list[Piece]) -> dict[str, Any]:
    return {"entry": entry, "answer": answer, "pieces": pieces, "mark": "del" if entry.is_baseline else "ins"}


def _said(answer: Answer | None) -> str:
    """The answer as text: tool calls are shown as their JSON."""
    if answer is None:
        return ""
    calls = [json.dumps(call, ensure_ascii=False) for call in answer.tool_calls]
    return "\n".join(part for part in (answer.text, answer.refusal, *calls) if part)


def turn_of(message: dict[str, Any]) -> dict[str, str]:
    """A message as text: parts that are none are named, tool calls are their JSON."""
    content = message.get("content") or ""
    if not isinstance(content, str):
        content = "\n".join(part.get("text") or f"[{part.get('type', 'part')}]" for part in content)
    if message.get("tool_calls"):
        content = "\n".join(filter(None, [content, json.dumps(message["tool_calls"], ensure_ascii=False)]))
    role = str(message.get("role", ""))
    return {"role": role, "speaker": speaker(role), "text": content}
