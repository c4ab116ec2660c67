"""What can go wrong, said in one line: what, where, remedy."""

from __future__ import annotations

from functools import partial


class PtreachError(Exception):
    """Any error this package raises on purpose."""


def in_one_line(text: str) -> str:
    """Return a text without line breaks; marks that no one sees, or that move the cursor, are spelled out.

    What is wrong is often shown as it stands in a file.
    """
    spelled = (
        mark
        if mark.isprintable()
        else " "
        if mark.isspace()
        else mark.encode("unicode_escape").decode("ascii")
        for mark in text
    )
    return "".join(spelled)


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
        self.what = what = in_one_line(what)
        self.where = where = in_one_line(where)
        self.remedy = remedy = in_one_line(remedy)
        text = f"{where}: {what}" if where else what
        end = "" if remedy.endswith("?") else "."
        super().__init__(f"{text}. {remedy[:1].upper()}{remedy[1:]}{end}" if remedy else f"{text}.")

    def _render_traceback_(self) -> list[str]:
        """Return what a notebook shows: the lines that asked, none of how this package works, and the error.

        IPython calls it; the fault is of what was given, so the way through these modules says nothing.
        """
        from traceback import FrameSummary, walk_tb

        asked = []
        for frame, line in walk_tb(self.__traceback__):
            room = str(frame.f_globals.get("__name__", "")).partition(".")[0]
            if room == __name__.partition(".")[0]:
                break
            if room != "IPython":
                asked.append(FrameSummary(frame.f_code.co_filename, line, frame.f_code.co_name))
        lines = [f"line {at.lineno}: {at.line}" for at in asked]
        return [*lines, f"{type(self).__name__}: {self}"]

    def __reduce__(self) -> tuple[partial[InputError], tuple[str]]:
        """Say how it is made again: it comes back from other processes, too."""
        return partial(InputError, where=self.where, remedy=self.remedy), (self.what,)
