"""What can go wrong, said in one line: what, where, remedy."""

from __future__ import annotations

from functools import partial


class PtreachError(Exception):
    """Any error this package raises on purpose."""


class InputError(PtreachError):
    """Report a fault of the user's input; the command line turns it into exit code 2.

    Parameters
    ----------
    what
        The fault, as a clause without a full stop: ``unknown key 'orign'``.
    where
        File, row and field as far as they are known: ``config/ryde.toml, [origin] lon``.
    remedy
        What the user can do, as an imperative clause without a full stop; or a question, with its mark.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        text = f"{where}: {what}" if where else what
        end = "" if remedy.endswith("?") else "."
        super().__init__(f"{text}. {remedy[:1].upper()}{remedy[1:]}{end}" if remedy else f"{text}.")

    def __reduce__(self) -> tuple[partial[InputError], tuple[str]]:
        """Say how it is made again: it comes back from other processes, too."""
        return partial(InputError, where=self.where, remedy=self.remedy), (self.what,)
