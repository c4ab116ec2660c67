"""What was mended or left out while a delivery was read: how often, and where it came first."""

from __future__ import annotations


class Repairs:
    """Counts by what was done; each remembers the first line it was done at, where there is one."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._first: dict[str, str] = {}

    def add(self, what: str, where: str = "", times: int = 1) -> None:
        """Count that `what` was done `times` more, first at `where`."""
        if times:
            self._counts[what] = self._counts.get(what, 0) + times
            self._first.setdefault(what, where)

    def lines(self) -> tuple[str, ...]:
        """Return one line for each, sorted: what, how often, and the first place."""
        return tuple(
            f"{what}: {count:,}{f' (first: {self._first[what]})' if self._first[what] else ''}"
            for what, count in sorted(self._counts.items())
        )
