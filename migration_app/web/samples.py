"""The samples tab: a list kept in the address, and one sample with both answers side by side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from migration_app.comparisons import queries
from migration_app.comparisons.queries import ALL, BETTER, SHOWN, WORSE, Answer, SamplePage, SampleRow
from migration_app.reports.formatting import number
from migration_app.runs.models import Run, RunCandidate
from migration_app.workloads.models import Sample

from .asked import plain_text, whole_number
from .worddiff import Piece, word_diff

PAGE = 20


def samples_context(request: HttpRequest, run: Run, featured: int | None) -> dict[str, Any]:
    """What the page shows. The address holds option, show, category, after or before, sample, repetition."""
    asked = request.GET
    entries = list(run.candidates.all())
    baseline, candidate = _pair(entries, asked.get("option", ""), featured)
    compared = queries.compared_samples(baseline, candidate)
    category = plain_text(asked.get("category", ""))
    within = compared.filter(category=category) if category else compared
    counts = queries.sample_counts(within)
    show = asked.get("show", "")
    if show not in SHOWN:
        show = WORSE if counts["worse"] else ALL
    page = _page(request, within, show)
    row = _selected(page, asked.get("sample", ""), last="before" in asked)
    kept = {"option": candidate.position, "show": show, "category": category}
    return {
        "candidates": [entry for entry in entries if not entry.is_baseline],
        "baseline": baseline,
        "candidate": candidate,
        "categories": queries.categories_of(compared),
        "category": category,
        "show": show,
        "segments": _segments(kept, counts),
        "list": [(each, _link(kept, asked, sample=each.pk), _change(each)) for each in page.rows],
        "page_links": _page_links(kept, page),
        "row": row,
        "total": counts[show],
        "place": queries.place_of(within, show, row) if row else 0,
        "steps": _steps(kept, asked, page, row),
        "detail": _detail(row, baseline, candidate, asked.get("repetition", "0")) if row else None,
        "repetitions": _repetitions(kept, asked, run, row),
    }


def _change(row: SampleRow) -> str:
    return _("not scored") if row.difference is None else number(row.difference, 2, signed=True)


def _pair(
    entries: Sequence[RunCandidate], option: str, featured: int | None
) -> tuple[RunCandidate, RunCandidate]:
    """The baseline and the candidate the address names; else the one the report speaks of."""
    baseline = next((entry for entry in entries if entry.is_baseline), None)
    others = [entry for entry in entries if not entry.is_baseline]
    if baseline is None or not others:
        raise Http404("This run has nothing to compare.")
    wanted = featured if (asked := whole_number(option)) is None else asked
    return baseline, next((entry for entry in others if entry.position == wanted), others[0])


def _page(request: HttpRequest, within: Any, show: str) -> SamplePage:
    """The page the address names; when the sample it names lies elsewhere, the page that begins there."""
    asked = request.GET
    page = queries.sample_page(
        within, show, after=asked.get("after", ""), before=asked.get("before", ""), size=PAGE
    )
    sample = whole_number(asked.get("sample", ""))
    if sample is not None and sample not in [row.pk for row in page.rows]:
        return queries.sample_page(within, show, at=sample, size=PAGE)
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
    before, after = queries.answer(baseline, row.pk, which), queries.answer(candidate, row.pk, which)
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
    return {"role": str(message.get("role", "")), "text": content}
