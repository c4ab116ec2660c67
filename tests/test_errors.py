"""Errors in one line: what, where, remedy."""

import pickle

import pytest

from ptreach.errors import InputError, PtreachError


@pytest.mark.parametrize(
    ("where", "remedy", "line"),
    [
        ("", "", "unknown key 'orign'."),
        ("config/ryde.toml", "", "config/ryde.toml: unknown key 'orign'."),
        ("", "write origin", "unknown key 'orign'. Write origin."),
        (
            "config/ryde.toml, [origin]",
            "write origin",
            "config/ryde.toml, [origin]: unknown key 'orign'. Write origin.",
        ),
    ],
)
def test_the_line_says_where_what_and_remedy(where, remedy, line):
    assert str(InputError("unknown key 'orign'", where=where, remedy=remedy)) == line


def test_a_remedy_that_asks_ends_as_a_question():
    assert str(InputError("unknown key 'orign'", remedy="did you mean 'origin'?")) == (
        "unknown key 'orign'. Did you mean 'origin'?"
    )


def test_the_remedy_keeps_the_case_of_its_names():
    error = InputError("no such file", remedy="set PTREACH_HOME to the folder of networks/")
    assert str(error) == "no such file. Set PTREACH_HOME to the folder of networks/."


def test_the_parts_stay_at_hand():
    error = InputError("no such file", where="a.toml", remedy="check the path")
    assert (error.what, error.where, error.remedy) == ("no such file", "a.toml", "check the path")
    assert isinstance(error, PtreachError)


def test_what_a_file_says_is_shown_on_one_line_with_its_unseen_marks():
    error = InputError("'a\nb\u2028c\x1b[31m\x00\u200b' is no number", where="x\r.csv", remedy="write\n1")
    assert str(error) == r"x .csv: 'a b c\x1b[31m\x00\u200b' is no number. Write 1."


def test_letters_of_any_language_stay_as_they_are():
    assert InputError("no stop 'Žižkov – Ö 駅 😀', 5\N{NO-BREAK SPACE}km").what == (
        "no stop 'Žižkov – Ö 駅 😀', 5 km"
    )


def test_it_comes_back_from_another_process_as_it_was():
    error = InputError("unknown key 'orign'", where="config/ryde.toml", remedy="write origin")
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (InputError, str(error))
    assert (again.what, again.where, again.remedy) == (error.what, error.where, error.remedy)
