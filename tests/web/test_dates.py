"""Dates and times on the pages."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest
from flask_babel import force_locale

from erp_import_plugin.web.dates import day, moment
from tests.support.site import Site


@pytest.mark.parametrize(
    ("locale", "medium", "short"),
    [
        ("en", "5 Apr 2026", "5 Apr 2026"),
        ("en_US", "Apr 5, 2026", "4/5/26"),
        ("en_GB", "5 Apr 2026", "05/04/2026"),
        ("nb", "5. apr. 2026", "05.04.2026"),
    ],
)
def test_no_day_can_be_taken_for_another(site: Site, locale: str, medium: str, short: str) -> None:
    with site.client.application.test_request_context(), force_locale(locale):
        assert (day(date(2026, 4, 5)), day(date(2026, 4, 5), "short")) == (medium, short)


def test_a_moment_has_its_time(site: Site) -> None:
    with site.client.application.test_request_context(), force_locale("nb"):
        assert moment(datetime(2026, 4, 5, 14, 3, 9, tzinfo=timezone.utc)) == "5. apr. 2026, 14:03"
        assert moment(datetime(2026, 4, 5, 14, 3, 9, tzinfo=timezone.utc), time="medium") == "5. apr. 2026, 14:03:09"
