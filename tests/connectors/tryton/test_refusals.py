"""What the answers mean that a healthy server does not give."""

from __future__ import annotations

import httpx
import pytest

from connectors_plugins.tryton.refusals import result, version
from erp_import_plugin.connector_api import AdminCanFix, ConnectorError, GiveUp, TryLater


@pytest.mark.parametrize(
    ("status", "body", "error", "said"),
    [
        (200, "<html>Log in</html>", GiveUp, "does not come from Tryton"),
        (200, "[1]", GiveUp, "does not come from Tryton"),
        (200, "{}", GiveUp, "does not come from Tryton"),
        (200, '{"result": {"__class__": "datetime", "year": 0}}', GiveUp, "does not come from Tryton"),
        (200, "[" * 100_000, GiveUp, "does not come from Tryton"),
        (418, '{"result": 1}', GiveUp, "418"),
        (401, "", AdminCanFix, "user and password"),
        (403, "", AdminCanFix, "does not let"),
        (404, "<html>", AdminCanFix, "no database"),
        (413, "", GiveUp, "records_limit"),
        (200, '{"error": ["UserError", ["You may not read this.", "Party"]]}', AdminCanFix, "You may not read this."),
        (200, '{"error": ["ConcurrencyException", "x"]}', TryLater, "same moment"),
        (200, '{"error": ["LoginException", ["sms", "Code", "char"]]}', AdminCanFix, "password alone"),
        (200, '{"error": ["Database \'x\' doesn\'t exist!", ""]}', AdminCanFix, "no database"),
        (200, '{"error": ["\'party.party\'", ""]}', GiveUp, "'party.party'"),
        (200, '{"error": []}', GiveUp, "Tryton failed"),
        (200, '{"error": null}', GiveUp, "Tryton failed"),
    ],
)
def test_an_answer_that_is_no_result_has_its_error(
    status: int, body: str, error: type[ConnectorError], said: str
) -> None:
    with pytest.raises(error) as caught:
        result(httpx.Response(status, text=body))

    assert said in caught.value.message


def test_a_long_failure_does_not_flood_the_page() -> None:
    with pytest.raises(GiveUp) as caught:
        result(httpx.Response(200, json={"error": ["x" * 10_000, "traceback"]}))

    assert len(caught.value.message) < 400
    assert "traceback" not in caught.value.message


@pytest.mark.parametrize(
    ("status", "body", "expected"),
    [
        (200, '{"id": 1, "result": "8.2"}', "8.2"),
        (401, '{"result": "8.2"}', ""),
        (200, '{"result": 8}', ""),
        (200, '{"result": "Welcome"}', ""),
        (200, "<html>", ""),
    ],
)
def test_only_tryton_tells_a_version(status: int, body: str, expected: str) -> None:
    assert version(httpx.Response(status, text=body)) == expected
