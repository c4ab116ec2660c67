"""make audit: what is known against the pinned releases, by pip-audit, believed as far as it has looked.

Where the advisory service knows none of them, pip-audit says "No known vulnerabilities found" and ends well;
here that is "not audited", and ends in 2: who asks for an audit must not take silence for an answer.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

SERVICES: Final = {"the package index": (), "OSV": ("--vulnerability-service", "osv")}
"""By name, with the options that ask them: pip-audit asks the index by itself."""
LONGEST_S: Final = 300


class Audited(NamedTuple):
    """What a service says: how many releases it looked up, which it could not, and what is known."""

    looked_up: int
    unknown: tuple[str, ...]
    known: tuple[str, ...]


def ask(program: Sequence[str], file: str, service: str) -> Audited | str:
    """Ask a service by pip-audit; return what it says, or in a line why it says nothing."""
    options = [
        "--no-deps",
        "--disable-pip",
        "--progress-spinner",
        "off",
        "--format",
        "json",
        *SERVICES[service],
    ]
    try:
        done = subprocess.run(
            [*program, "--requirement", file, *options],
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=LONGEST_S,
        )
    except subprocess.TimeoutExpired:
        return f"no answer in {LONGEST_S} s"
    try:
        return read(done.stdout)
    except (ValueError, KeyError, TypeError):
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        return lines[-1].strip()[:200] if lines else f"pip-audit ended in {done.returncode} and said nothing"


def read(text: str) -> Audited:
    """Read pip-audit's JSON; raises ValueError, KeyError or TypeError where it is none."""
    unknown, known, looked_up = [], [], 0
    for row in json.loads(text)["dependencies"]:
        if "skip_reason" in row:
            unknown.append(row["name"])
            continue
        looked_up += 1
        for fault in row["vulns"]:
            mended = ", ".join(fault["fix_versions"]) or "no release yet"
            known.append(f"{row['name']} {row['version']}: {fault['id']}, mended in {mended}")
    return Audited(looked_up, tuple(unknown), tuple(known))


def told(answers: Sequence[tuple[str, Audited | str]]) -> tuple[int, list[str]]:
    """Return the exit code and the lines: 0 nothing known, 1 something is, 2 not all looked up."""
    why = []
    for service, answer in answers:
        if isinstance(answer, str):
            why.append(f"{service}: {answer}")
        elif not answer.looked_up:
            why.append(f"{service}: knows none of the {len(answer.unknown)} releases")
        else:
            head = f"audited: {answer.looked_up} releases by {service}, {len(answer.known)} advisories"
            lines = [head, *answer.known]
            if answer.unknown:
                lines.append(f"not audited: {', '.join(answer.unknown)}")
            return (1 if answer.known else 2 if answer.unknown else 0), lines
    return 2, [f"not audited: no advisory service can be reached ({'; '.join(why)})"]


def main(file: str, *program: str) -> int:
    """Ask one service after the other until one knows the releases of a file; print what it says."""
    answers = []
    for service in SERVICES:
        answers.append((service, ask(program, file, service)))
        if isinstance(answers[-1][1], Audited) and answers[-1][1].looked_up:
            break
    code, lines = told(answers)
    print(*lines, sep="\n")
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
