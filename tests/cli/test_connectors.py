from __future__ import annotations

from tests.cli.conftest import Shell


def test_the_connectors_are_listed_with_what_they_ask_for(shell: Shell) -> None:
    found = {one["key"]: one for one in shell.data("connectors")["connectors"]}
    assert found["shop"]["name"] == "Shop"
    fields = {field["key"]: field for field in found["shop"]["fields"]}
    assert (fields["server"]["mandatory"], fields["port"]["default"]) == (True, 443)
    assert fields["mode"]["choices"] == [{"key": "live", "label": "Live"}, {"key": "try", "label": "Try"}]
    assert "Shop" in shell.run("connectors").stdout
