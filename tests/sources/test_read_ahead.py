"""Reading ahead, stopped: the thread sees the end, and a program whose feed breaks off comes to its own."""

import io
import os
import subprocess
import sys
import threading

import pytest

from fuzz.gtfs import TABLES
from ptreach.sources.read_ahead import ReadAhead
from town import write_feed

READ = """
import sys
from pathlib import Path
from ptreach.errors import InputError
from ptreach.sources.gtfs import read_timetables
try:
    read_timetables([Path(sys.argv[1])])
except InputError as error:
    print(error.what)
"""
MANY = 6  # every other program hung, where the thread was not waited for


def test_what_is_read_is_what_is_there():
    source = ReadAhead(io.BytesIO(b"abcdef"))
    assert [source.read(4), source.read(4), source.read(4)] == [b"abcd", b"ef", b""]
    source.close()
    assert not source.closed  # whoever opened the stream closes it


def test_a_thread_that_reads_is_waited_for_and_sees_the_end():
    begun, go_on, seen = threading.Event(), threading.Event(), []

    class Slow(io.BytesIO):
        def read(self, size=-1):
            begun.set()
            assert go_on.wait(60)
            return super().read(size)

    source = ReadAhead(Slow(b"x" * 100))

    def read_on():
        while part := source.read(10):
            seen.append(part)
        seen.append(b"end")

    thread = threading.Thread(target=read_on)
    thread.start()
    assert begun.wait(60)
    threading.Timer(0.2, go_on.set).start()
    source.stop()
    thread.join(60)
    assert seen == [b"x" * 10, b"end"]  # the part at hand, and then no more


def test_a_thread_that_has_read_as_far_as_it_may_is_not_waited_for():
    source = ReadAhead(io.BytesIO(b"x" * 100))
    source.read(10)
    source.stop()
    assert source.read(10) == b""


@pytest.mark.parametrize("text", ["a,", "0"])
def test_a_feed_whose_long_table_breaks_off_does_not_keep_the_program_from_ending(tmp_path, text):
    tables = {**TABLES, "calendar_dates": TABLES["calendar_dates"] + text * 10_000_000}
    path = write_feed(tmp_path / "bus.zip", **tables)
    paths = os.pathsep.join(filter(None, sys.path))
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", READ, str(path)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": paths},
        )
        for _ in range(MANY)
    ]
    try:
        said = [program.communicate(timeout=300)[0] for program in programs]
    finally:
        for program in programs:
            program.kill()
    assert [program.returncode for program in programs] == [0] * MANY
    what = "not readable: a row is longer than 2 MB, as where a quote is not closed"
    assert said == [f"{what}\n"] * MANY
