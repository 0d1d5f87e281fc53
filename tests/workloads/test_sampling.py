"""A part that stands for the whole: each category its share, the same seed the same draw."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migration_app.workloads import likeness
from migration_app.workloads.likeness import Signer, groups
from migration_app.workloads.number_files import NumberFile
from migration_app.workloads.sampling import draw, offers, recommended, shares


def codes(*counts: int) -> np.ndarray:
    return np.repeat(np.arange(len(counts), dtype=np.int32), counts)


def test_each_category_gives_its_share():
    chosen = draw(codes(700, 200, 100), 100, seed=1)
    assert np.bincount(codes(700, 200, 100)[chosen]).tolist() == [70, 20, 10]
    assert (np.diff(chosen) > 0).all()


def test_the_seed_decides_and_nothing_else():
    categories = codes(500, 500)
    assert draw(categories, 50, seed=1).tolist() == draw(categories, 50, seed=1).tolist()
    assert draw(categories, 50, seed=1).tolist() != draw(categories, 50, seed=2).tolist()


def test_a_rare_category_is_not_lost():
    assert shares(np.array([9_999, 1]), 10).tolist() == [9, 1]


@given(st.lists(st.integers(0, 500), min_size=1, max_size=30), st.integers(1, 600))
def test_shares_add_up_and_take_no_more_than_there_is(counts, size):
    there = np.array(counts)
    parts = shares(there, min(size, int(there.sum())))
    assert parts.sum() == min(size, there.sum())
    assert (parts <= there).all() and (parts >= 0).all()


def test_a_draw_is_not_the_beginning_of_the_log():
    chosen = draw(codes(10_000), 1_000, seed=3)
    assert abs(chosen.mean() / 10_000 - 0.5) < 0.03


def test_each_size_says_what_it_can_show():
    categories = codes(3_000, 1_000)
    sizes = offers(categories, np.arange(4_000, dtype=np.int32), seed=1)
    assert [offer["size"] for offer in sizes] == [200, 500, 1_000, 2_000, 4_000]
    assert next(offer["drop"] for offer in sizes if offer["size"] == 2_000) == pytest.approx(
        0.025, abs=0.0005
    )
    assert recommended(sizes) == 1_000


def test_requests_that_are_alike_show_less():
    alike = np.repeat(np.arange(400, dtype=np.int32), 10)
    last = offers(codes(4_000), alike, seed=1)[-1]
    assert last["sources"] == 400
    assert last["drop"] > offers(codes(4_000), np.arange(4_000, dtype=np.int32), seed=1)[-1]["drop"]


def sentence(rnd: random.Random, words: int = 40) -> str:
    return " ".join(
        f"{'abcdefghijklmnop'[rnd.randrange(16)]}{rnd.randrange(5_000):x}er" for _ in range(words)
    )


def groups_of(texts: list[str]) -> list[int]:
    return groups(Signer().signatures(texts)).tolist()


def test_texts_with_one_word_changed_are_alike_and_others_are_not():
    rnd = random.Random(4)
    texts = [sentence(rnd, 80) for _ in range(100)]
    changed = [" ".join(["other", *text.split()[1:]]) for text in texts]
    found = groups_of(texts + changed)
    assert sum(found[n] == found[n + 100] for n in range(100)) >= 95
    assert len(set(found[:100])) == 100


def test_case_makes_no_difference_and_numbers_do():
    rnd = random.Random(6)
    text = sentence(rnd)
    assert len(set(groups_of([text, text.upper()]))) == 1
    assert len(set(groups_of([f"What is {n} times {n + 7}?" for n in range(1000, 1040)]))) == 40


def test_a_shared_template_does_not_make_requests_alike():
    rnd = random.Random(5)
    template = "Sort the following letter into one of our nine departments and answer with its name. " * 6
    found = groups_of([template + sentence(rnd, 30) for _ in range(200)])
    assert len(set(found)) == 200


def test_what_is_alike_is_the_same_however_much_of_it_fits_into_memory(monkeypatch):
    rnd = random.Random(7)
    texts = [sentence(rnd, 60) for _ in range(300)]
    texts += [" ".join(["other", *text.split()[1:]]) for text in texts[::2]] + texts[:50]
    signatures = Signer().signatures(texts)
    at_once = groups(signatures)
    monkeypatch.setattr(likeness, "_TOGETHER", 40)
    monkeypatch.setattr(likeness, "_CHUNK", 7)
    beats = []
    on_disk = NumberFile("B", width=likeness.BINS)
    on_disk.extend(signatures)
    assert groups(on_disk, beat=lambda: beats.append(1)).tolist() == at_once.tolist()
    assert len(beats) > 20
    assert len(set(at_once.tolist())) < 330
    assert all(first <= position for position, first in enumerate(at_once.tolist()))


@pytest.mark.parametrize(
    "texts", [[], [""], ["", ""], ["a", "b"], ["日本語の質問", "日本語の質問", "別の質問"]]
)
def test_short_and_empty_texts_are_alike_only_when_they_are_equal(texts):
    if not texts:
        return
    found = groups_of(texts)
    assert [found[i] == found[j] for i in range(len(texts)) for j in range(i)] == [
        texts[i] == texts[j] for i in range(len(texts)) for j in range(i)
    ]
