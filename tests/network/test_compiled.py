"""Kernels are kept where they can be, and work where not: numba's cache is no part of its interface."""

from __future__ import annotations

import runpy
import types

import numba
import pytest
from numba.core import caching

from ptreach.network import compiled


def double(number):
    return 2 * number


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """Read the module anew, with a cache of its own; returns its decorator and what lies in that cache."""

    def read():
        monkeypatch.setenv("PTREACH_CACHE", str(tmp_path))
        monkeypatch.setattr(numba.config, "CACHE_DIR", "")  # what the module sets is undone
        njit = runpy.run_path(compiled.__file__, run_name="ptreach.network.compiled_anew")["njit"]
        return njit, lambda: sorted(path.suffix for path in tmp_path.rglob("*") if path.is_file())

    return read


def test_what_is_compiled_is_kept(fresh):
    njit, files = fresh()
    assert njit(cache=True)(double)(21) == 42
    assert files() == [".nbc", ".nbi"]
    again = njit(cache=True)(double)
    assert again(4) == 8
    assert sum(again.stats.cache_hits.values()) == 1


def test_a_kernel_that_is_not_to_be_kept_is_not(fresh):
    njit, files = fresh()
    assert njit()(double)(21) == 42
    assert files() == []


def takes_nothing(cache):
    """Stands for a method that now wants other arguments than it is given."""
    raise AssertionError(cache)


def without_the_class(monkeypatch):
    monkeypatch.delattr(caching, "FunctionCache")


def with_another_beginning(monkeypatch):
    monkeypatch.setattr(caching.Cache, "__init__", takes_nothing)


def with_no_place_in_the_dispatcher(monkeypatch):
    monkeypatch.setattr(
        numba, "njit", lambda **_: lambda kernel: types.SimpleNamespace(__call__=kernel).__call__
    )


def with_other_arguments(monkeypatch):
    monkeypatch.setattr(caching.Cache, "load_overload", takes_nothing)
    monkeypatch.setattr(caching.Cache, "save_overload", takes_nothing)


@pytest.mark.parametrize(
    "moved",
    [without_the_class, with_another_beginning, with_no_place_in_the_dispatcher, with_other_arguments],
)
def test_a_numba_with_another_cache_costs_time_and_nothing_else(fresh, monkeypatch, caplog, moved):
    caplog.set_level("INFO", logger="ptreach")
    moved(monkeypatch)
    njit, files = fresh()
    assert njit(cache=True)(double)(21) == 42
    assert ".nbc" not in files()
    assert "not kept" in caplog.text


def test_a_kept_kernel_that_is_damaged_is_compiled_again(fresh, tmp_path, caplog):
    njit, files = fresh()
    assert njit(cache=True)(double)(21) == 42
    for path in tmp_path.rglob("*.nb[ci]"):
        path.write_bytes(b"cut")
    assert njit(cache=True)(double)(21) == 42
    assert "compiled again" in caplog.text
    assert njit(cache=True)(double)(3) == 6
    assert files() == [".nbc", ".nbi"]
