"""Write small feeds, survey them and judge a date."""

import pytest

from ptreach.check.feeds import feeds_of_timetables
from ptreach.check.survey import survey_feeds
from ptreach.check.verdict import judge
from ptreach.sources.gtfs import read_timetables
from town import stops_text, trips_texts, write_feed
from weeks import ROUTES, USUAL


@pytest.fixture
def write(tmp_path):
    """Write a feed of trips between stops A and B, a kilometre apart; returns its path.

    `route_of` names the routes of services whose trips are not of route r.
    """

    def one(trips, name="bus", stops=None, route_of=None, **texts):
        texts = {"calendar": USUAL, "routes": ROUTES, **texts}
        places = stops or {"A": (0.0, 0.0), "B": (1000.0, 0.0)}
        tables = trips_texts(trips)
        for service, route in (route_of or {}).items():
            tables["trips"] = tables["trips"].replace(f",r,{service}\n", f",{route},{service}\n")
        return write_feed(tmp_path / f"{name}.zip", stops=stops_text(**places), **tables, **texts)

    return one


@pytest.fixture
def survey():
    """Read feeds and survey them."""

    def of(*paths, stations=None, dates=()):
        return survey_feeds("town", feeds_of_timetables(read_timetables(paths)), stations, dates)

    return of


@pytest.fixture
def verdict(survey):
    """Read feeds and judge a date."""

    def on(date, *paths, stations=None, window_s=None):
        return judge(
            survey(*paths, stations=stations, dates=[date]), date, date_from="--date", window_s=window_s
        )

    return on
