"""Exit codes, and what goes to which stream."""

import logging
import os
import subprocess
import sys
import warnings

import pytest

from ptreach import __version__
from ptreach.cli.main import app
from ptreach.errors import InputError

COMMANDS = [command.name for command in app.registered_commands]


def test_the_version_is_a_result(ptreach):
    assert ptreach("--version") == (0, f"ptreach {__version__}\n", "")


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_is_a_result_and_names_every_command(ptreach, flag):
    ended = ptreach(flag)
    assert (ended.code, ended.err) == (0, "")
    commands = ended.out.partition("Commands:")[2].split("\n")
    assert [line.split()[0] for line in commands if line.strip()] == COMMANDS
    assert "..." not in "".join(commands)  # no summary is cut


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(ptreach, command):
    ended = ptreach(command, "--help")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"Usage: ptreach {command} ")


def test_no_command_is_a_fault_of_the_command_line(ptreach):
    assert ptreach().line == "Missing command. See ptreach --help."


def test_an_unknown_command_is_named(ptreach):
    line = "No such command 'isochrone'. Did you mean 'isochrones'? See ptreach --help."
    assert ptreach("isochrone").line == line
    assert ptreach("teleport").line == "No such command 'teleport'. See ptreach --help."


def test_an_unknown_option_is_named(ptreach):
    line = ptreach("demo", "--colour", "red").line
    assert line.startswith("No such option: --colour")
    assert line.endswith("See ptreach demo --help.")


@pytest.mark.parametrize("option", ["--home", "-v", "-q"])
def test_an_option_in_the_wrong_place_says_which_is_right(ptreach, option):
    assert ptreach("build", "isle", option).line.endswith(
        f"It stands before the command: ptreach {option} ..."
    )


def test_a_missing_argument_is_named(ptreach):
    assert ptreach("build").line == "Missing argument 'NETWORK'. See ptreach build --help."


def test_a_fault_of_the_input_is_one_line(ptreach, stage, home):
    stage("build", InputError("cut\nin two", where="a.zip, stops.txt", remedy="fetch it again"))
    assert ptreach("build", "isle").line == "a.zip, stops.txt: cut in two. Fetch it again."


def test_a_fault_of_ours_shows_its_traceback(ptreach, stage, home):
    stage("build", ZeroDivisionError("of ours"))
    ended = ptreach("build", "isle")
    assert (ended.code, ended.out) == (1, "")
    assert "Traceback (most recent call last)" in ended.err
    assert "ZeroDivisionError: of ours" in ended.err
    assert ended.err.splitlines()[-1].startswith("ptreach: bug: ")


def test_ctrl_c_is_no_fault(ptreach, stage, home):
    stage("build", KeyboardInterrupt())
    assert ptreach("build", "isle") == (130, "", "ptreach: stopped.\n")


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ((), "ptreach: warning: w\n"),
        (("-q",), ""),
        (("-v",), "ptreach: info: i\nptreach: warning: w\n"),
        (("-v", "--verbose"), "ptreach: debug: d\nptreach: info: i\nptreach: warning: w\n"),
    ],
)
def test_logs_go_to_stderr_as_asked(ptreach, home, monkeypatch, options, shown):
    def build(name, *, home, progress):
        log = logging.getLogger("ptreach.network")
        log.debug("d")
        log.info("i")
        log.warning("w")
        return home

    monkeypatch.setattr("ptreach.pipeline.build", build)
    assert ptreach(*options, "build", "isle") == (0, f"{home}\n", shown)


def test_warnings_of_libraries_are_shown_only_on_demand(ptreach, home, monkeypatch):
    def build(name, *, home, progress):
        warnings.warn("old", DeprecationWarning, stacklevel=1)
        return home

    monkeypatch.setattr("ptreach.pipeline.build", build)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        assert ptreach("build", "isle").err == ""
        assert "DeprecationWarning: old" in ptreach("-v", "build", "isle").err


SCRIPT = "import sys; from ptreach.cli.main import main; sys.exit(main())"


@pytest.mark.parametrize("program", [["-c", SCRIPT], ["-m", "ptreach"]], ids=["script", "module"])
@pytest.mark.parametrize(("arguments", "code"), [(["--version"], 0), (["nosuch"], 2)])
def test_the_process_ends_with_the_exit_code(program, arguments, code):
    done = subprocess.run([sys.executable, *program, *arguments], capture_output=True, check=False)
    assert done.returncode == code
    assert (done.stdout + done.stderr).decode().startswith("ptreach")


@pytest.mark.parametrize(("typed", "found"), [("isoc", "isochrones"), ("isochrones --cut", "--cutoffs")])
def test_the_tab_key_completes_commands_and_options(typed, found):
    words = f"ptreach {typed}"
    asked = {"_PTREACH_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    code = "import sys; sys.argv[:] = ['ptreach']; from ptreach.cli.main import main; sys.exit(main())"
    done = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | asked, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == [found]
