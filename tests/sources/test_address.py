"""Keys of addresses: filled in from the environment, never shown."""

from __future__ import annotations

import pytest

from ptreach.sources.address import fill_in, public_address, unset_variables, variables_of, without_keys

URL = "http://api.example.org/gtfs.zip?app_id=${APP_ID}&app_key=${APP_KEY}"


def test_variables_are_named_in_order_and_once():
    assert variables_of(URL + "&again=${APP_ID}") == ("APP_ID", "APP_KEY")
    assert variables_of("https://example.org/a.zip?price=5$") == ()


@pytest.mark.parametrize("url", ["http://x/${app}", "http://x/${APP", "http://x/${}", "http://x/${9A}"])
def test_half_a_variable_is_refused(url):
    with pytest.raises(ValueError, match=r"write a variable as \$\{NAME\}"):
        variables_of(url)


def test_a_value_is_filled_in_as_an_address_needs_it(monkeypatch):
    monkeypatch.setenv("APP_ID", " my id\n")
    monkeypatch.setenv("APP_KEY", "a/b&c=d")
    assert fill_in(URL) == "http://api.example.org/gtfs.zip?app_id=my%20id&app_key=a%2Fb%26c%3Dd"


def test_a_variable_that_is_absent_or_blank_is_not_set(monkeypatch):
    monkeypatch.delenv("APP_ID", raising=False)
    monkeypatch.setenv("APP_KEY", "  ")
    assert unset_variables(URL) == ("APP_ID", "APP_KEY")
    monkeypatch.setenv("APP_ID", "1")
    assert unset_variables(URL) == ("APP_KEY",)


def test_what_is_shown_has_no_user_query_or_fragment():
    assert public_address("http://me:word@api.example.org:80/a?key=b#top") == "http://api.example.org:80/a"


def test_a_text_loses_every_form_of_a_key():
    filled = "http://me:pass%20word@example.org/a.zip?key=a%2Fb%26c&short=abc"
    text = "a/b&c and a%2Fb%26c, pass word and pass%20word; abc"
    assert without_keys(text, filled) == "*** and ***, *** and ***; abc"
