"""The words of repairs, known in one place."""

import inspect

from ptreach.check.repairs import LEFT_OUT, repair_counts
from ptreach.sources import gtfs, gtfs_calls


def test_its_words_are_the_reader_s():
    text = inspect.getsource(gtfs) + inspect.getsource(gtfs_calls)
    assert [word for words in LEFT_OUT.values() for word in words if f'"{word}"' not in text] == []


def test_what_never_happened_is_left_out():
    assert list(repair_counts({"b": 2, "a": 1, "c": 0}).items()) == [("a", 1), ("b", 2)]
