"""What all rooms of tests share: how hypothesis works, logging as found, a street for matrices in parts.

hypothesis tries the same cases each time, and does not complain of a slow machine.
"""

from __future__ import annotations

import logging

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ptreach", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("ptreach")


@pytest.fixture(scope="session")
def street(tmp_path_factory):
    """A street with a bus along it and 300 homes, built."""
    from long_street import build_street

    return build_street(tmp_path_factory.mktemp("street"))


@pytest.fixture(autouse=True)
def _logging_as_before():
    """Take down the handlers that the command line sets up, so that caplog works in the tests that follow."""
    yield
    logging.captureWarnings(capture=False)
    for name in ("ptreach", "py.warnings"):
        log = logging.getLogger(name)
        log.handlers = []
        log.setLevel(logging.NOTSET)
        log.propagate = True
