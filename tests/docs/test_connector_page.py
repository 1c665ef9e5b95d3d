"""``docs/connector.md``: the connector on the page works as it stands there, and its tables say what the code does."""

from __future__ import annotations

import json
import re
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from erp_import_plugin import connector_api
from erp_import_plugin.connector_api import ActorType, ConfigType, FieldType, Operator, Restriction
from erp_import_plugin.connector_host import (
    ConnectorFailure,
    PlatformSettings,
    Recovery,
    Registry,
    open_session,
    operators_for,
)
from erp_import_plugin.engine.mapping import KNOWN_KEYS
from tests.support import pages

CUSTOMERS = [
    {
        "id": n,
        "name": f"Fjord {n} {'Båt' if n % 2 else 'Fisk'} AS",
        "number": f"{n:04}",
        "vat": "",
        "city": "Bergen" if n % 3 else "Oslo",
        "country": "NO",
        "credit": "1200.50",
        "changed": f"2026-01-{n % 28 + 1:02}",
    }
    for n in range(1, 451)
]


class FjordErp(BaseHTTPRequestHandler):
    """The ERP the page speaks of."""

    def do_GET(self) -> None:
        if self.headers["Authorization"] != "Bearer right":
            return self.answer(401, {})
        place = urlsplit(self.path)
        asked = {key: value[0] for key, value in parse_qs(place.query).items()}
        if place.path == "/company":
            return self.answer(200, {"name": "Fjord AS"})
        if place.path == "/countries":
            return self.answer(200, [{"code": "NO", "name": "Norway"}])
        return self.answer(200, self.customers(asked))

    def customers(self, asked: dict[str, str]) -> dict[str, Any]:
        if "ids" in asked:
            wanted = set(asked["ids"].split(","))
            return {"customers": [one for one in CUSTOMERS if str(one["id"]) in wanted]}
        found = [one for one in CUSTOMERS if asked.get("name_contains", "").casefold() in str(one["name"]).casefold()]
        page, size = int(asked["page"]), int(asked["size"])
        more = str(page + 1) if len(found) > page * size else None
        return {"customers": found[(page - 1) * size : page * size], "next_page": more, "count": len(found)}

    def answer(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *args: object) -> None:
        """Tests need no log."""


@pytest.fixture(scope="module")
def erp() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), FjordErp)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def plugin() -> ModuleType:
    module = ModuleType("erp_import_fjord")
    sys.modules[module.__name__] = module
    code = pages.files("connector.md")["erp_import_fjord.py"]
    exec(compile(code, str(Path("erp_import_fjord.py")), "exec"), module.__dict__)  # noqa: S102  our own page
    return module


def session(plugin: ModuleType, url: str, token: str = "right") -> Any:
    registry = Registry.from_plugins([plugin])
    assert not registry.broken
    (loaded,) = registry.loaded
    return open_session(loaded, {"url": url, "token": token}, settings=PlatformSettings(private_addresses=True))


def test_the_connector_on_the_page_searches_every_customer_once(plugin: ModuleType, erp: str) -> None:
    with session(plugin, erp) as fjord:
        assert fjord.test() == "Connected to Fjord AS."
        names = [field.key for field in fjord.fields(ActorType.CUSTOMER)]
        found = [one.key for page in fjord.search([], ActorType.CUSTOMER, names, page_size=100) for one in page.actors]
    assert found == [str(one["id"]) for one in CUSTOMERS]


def test_pushed_and_unpushed_operators_give_the_same_as_a_plain_filter(plugin: ModuleType, erp: str) -> None:
    restrictions = [
        Restriction("NAME", Operator.CONTAINS, ("båt",)),
        Restriction("STREETCITY", Operator.EQUALS, ("BERGEN",)),
    ]
    with session(plugin, erp) as fjord:
        pages_ = list(fjord.search([restrictions], ActorType.CUSTOMER, ["NAME"]))
    found = {one.key for page in pages_ for one in page.actors}
    assert found == {str(c["id"]) for c in CUSTOMERS if "Båt" in str(c["name"]) and c["city"] == "Bergen"}


def test_the_connector_on_the_page_gets_actors_in_full(plugin: ModuleType, erp: str) -> None:
    with session(plugin, erp) as fjord:
        fetched = fjord.get(ActorType.CUSTOMER, ["7", "9999"], ["NAME", "CREDIT"])
        items = fjord.list_items("COUNTRY")
    assert [one.key for one in fetched.actors] == ["7"]
    assert str(fetched.actors[0].values["CREDIT"]) == "1200.50"
    assert fetched.missing == ("9999",)
    assert [item.label for item in items] == ["Norway"]


def test_a_wrong_token_is_the_admins_to_fix(plugin: ModuleType, erp: str) -> None:
    with session(plugin, erp, "wrong") as fjord, pytest.raises(ConnectorFailure) as failure:
        fjord.test()
    assert (failure.value.recovery, failure.value.field) == (Recovery.FIX, "token")


def test_the_page_names_every_field_type_config_type_and_error() -> None:
    page = pages.text("connector.md")
    for member in (*FieldType, *ConfigType):
        assert f"`{member.name}`" in page
    for error in ("TryLater", "AdminCanFix", "GiveUp", "Cancelled"):
        assert error in connector_api.__all__
        assert f"`{error}" in page


@pytest.mark.parametrize("field_type", list(FieldType))
def test_the_page_lists_the_operators_of_every_field_type(field_type: FieldType) -> None:
    section = pages.text("connector.md").split("### Operators")[1].split("###")[0]
    lines = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \| ((?:`\w+` ?)+) \|$", section, re.MULTILINE)
    listed = {kind: operators.split() for kinds, operators in lines for kind in kinds.split(", ")}
    assert listed[f"`{field_type.name}`"] == [f"`{operator.name}`" for operator in operators_for(field_type)]


def test_the_page_names_every_known_field_key() -> None:
    page = pages.text("connector.md")
    for keys in KNOWN_KEYS.values():
        for key in keys:
            shown = re.sub(r"AD[123]$", "AD1", key)  # the page says them as a range
            assert re.search(rf"\b{shown}\b", page), key
