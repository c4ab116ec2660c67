"""What contributors are told is there: files, names in them, targets of make, versions that agree."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from ptreach import __version__

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.search(r"(?m)^\.PHONY: (.*)$", MAKEFILE).group(1).split())


def test_its_files_are_there():
    named = set(re.findall(r"`((?:src|tests|networks)/[\w./-]+)`", TEXT))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_the_names_in_its_pages_are_those_of_the_code():
    """Each name of code on a page stands in one of the files that the page names."""
    for page in TEXT.split("\n## ")[1:5]:
        files = [ROOT / name for name in re.findall(r"`((?:src|tests|networks)/[\w./-]+)`", page)]
        code = "\n".join(path.read_text(encoding="utf-8") for path in files)
        code += (ROOT / "src" / "ptreach" / "model.py").read_text(encoding="utf-8")
        names = set(re.findall(r"`(\w+)`", page)) - {"NaN"}
        assert [name for name in sorted(names) if not re.search(rf"\b{name}\b", code)] == [], page[:40]


def test_its_targets_are_those_of_make():
    assert set(re.findall(r"\bmake ([a-z][a-z0-9-]+)", TEXT)) - {"installs"} <= TARGETS


@pytest.mark.skipif(shutil.which("make") is None, reason="no make on this machine")
def test_make_help_lists_every_target():
    # under make, as in make test, another make says which folder it enters
    said, unasked = (
        subprocess.run(
            ["make", "--no-print-directory", *target], capture_output=True, text=True, check=True, cwd=ROOT
        ).stdout
        for target in (["help"], [])
    )
    lines = dict(re.fullmatch(r"make (\S+) +(\S.*)", line).groups() for line in said.splitlines())
    assert set(lines) == TARGETS
    assert unasked == said


def test_versions_agree():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert project["version"] == cited["version"] == __version__
    assert project["license"] == cited["license"]
    assert {"cff-version", "message", "title", "authors"} <= set(cited)


def test_what_runs_before_a_commit_is_what_make_runs():
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"]
    assert [repository["repo"] for repository in hooks] == ["local"]
    called = {hook["entry"].split()[0] for hook in hooks[0]["hooks"]}
    assert {f"$(BIN)/{Path(command).name}" for command in called} <= set(
        re.findall(r"\$\(BIN\)/\w+", MAKEFILE)
    )


def test_the_template_asks_for_doctor_first():
    text = (ROOT / ".github" / "ISSUE_TEMPLATE" / "bug.md").read_text(encoding="utf-8")
    _, head, body = text.split("---\n", 2)
    assert {"name", "about"} <= set(yaml.safe_load(head))
    assert body.strip().startswith("**What `ptreach doctor` says**")
