"""What is noted about each line of a log waits on disk, and comes back as it went in."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from migration_app.workloads import number_files, spool
from migration_app.workloads.number_files import NumberFile, mapped


@given(st.lists(st.integers(0, 2**64 - 1), max_size=300), st.integers(1, 50), st.integers(1, 40))
def test_numbers_come_back_in_order_and_different_ones_are_counted(numbers, held, at_once):
    before = number_files._HELD, number_files._AT_ONCE
    number_files._HELD, number_files._AT_ONCE = held, at_once
    try:
        kept = NumberFile("Q")
        for number in numbers:
            kept.append(number)
        assert [one for part in kept.parts(7) for one in part.tolist()] == numbers
        assert kept.distinct() == len(set(numbers))
        assert kept[2:5].tolist() == numbers[2:5]
    finally:
        number_files._HELD, number_files._AT_ONCE = before


def test_a_file_of_numbers_is_readable_by_the_server_alone(tmp_path):
    kept = NumberFile("i", tmp_path / "numbers")
    kept.append(-1)
    kept.extend(np.array([2, 3]))
    kept.flush()
    assert mapped(tmp_path / "numbers", "i").tolist() == [-1, 2, 3]
    assert (tmp_path / "numbers").stat().st_mode & 0o777 == 0o600
    NumberFile("i", tmp_path / "empty").close()
    assert mapped(tmp_path / "empty", "i").tolist() == []


def test_requests_that_name_their_source_count_by_it_however_many_there_are(monkeypatch):
    monkeypatch.setattr(spool, "_TOGETHER_NAMED", 2)
    named = NumberFile("Q")
    for number in (7, 0, 9, 7, 0, 9, 11):
        named.append(number)
    found = spool._sources(np.array([0, 1, 2, 3, 1, 5, 6], np.int32), named).tolist()
    assert found[0] == found[3] and found[2] == found[5] and found[1] == found[4]
    assert len(set(found)) == 4
