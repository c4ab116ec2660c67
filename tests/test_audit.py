"""make audit says what was looked up, what is known, and that silence is no answer."""

import json
import sys

import pytest

from audit import main

GOOD = {"name": "numpy", "version": "2.4.0", "vulns": []}
BAD = {
    "name": "pillow",
    "version": "11.0",
    "vulns": [
        {"id": "PYSEC-1", "fix_versions": ["11.1"], "aliases": [], "description": "d"},
        {"id": "PYSEC-2", "fix_versions": [], "aliases": [], "description": "d"},
    ],
}
SKIPPED = {
    "name": "zict",
    "skip_reason": "Dependency not found and could not be audited: zict (3.0.0)",
}
NOBODY = (
    "not audited: no advisory service can be reached (the package index: knows none of the 1 releases; "
    "OSV: ConnectionError: Failed to resolve 'api.osv.dev')"
)
# Stands in for pip-audit: an answer by the service, which is named last, or is the index.
PROGRAM = """
import json, sys
answer = json.loads(sys.argv[1])["osv" if sys.argv[-1] == "osv" else "index"]
if answer is None:
    sys.exit("a traceback of many lines\\nConnectionError: Failed to resolve 'api.osv.dev'")
print(json.dumps({"dependencies": answer, "fixes": []}))
"""


@pytest.mark.parametrize(
    ("index", "osv", "code", "lines"),
    [
        ([GOOD], None, 0, ["audited: 1 releases by the package index, 0 advisories"]),
        (
            [GOOD, BAD],
            None,
            1,
            [
                "audited: 2 releases by the package index, 2 advisories",
                "pillow 11.0: PYSEC-1, mended in 11.1",
                "pillow 11.0: PYSEC-2, mended in no release yet",
            ],
        ),
        (
            [GOOD, SKIPPED],
            None,
            2,
            ["audited: 1 releases by the package index, 0 advisories", "not audited: zict"],
        ),
        ([SKIPPED], [GOOD], 0, ["audited: 1 releases by OSV, 0 advisories"]),
        (
            [SKIPPED],
            None,
            2,
            [
                NOBODY,
            ],
        ),
    ],
)
def test_it_tells_what_was_looked_up(capsys, index, osv, code, lines):
    program = [sys.executable, "-c", PROGRAM, json.dumps({"index": index, "osv": osv})]
    assert main("constraints.txt", *program) == code
    assert capsys.readouterr().out.splitlines() == lines
