"""Every page of ours with markup in every value, label, sentence and name that comes from outside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask import Response, request
from sqlalchemy import insert

from erp_import_plugin.connector_api import ActorType, GiveUp
from erp_import_plugin.connector_host import BrokenConnector, LoadedConnector, Registry
from erp_import_plugin.engine.settings import ListPolicy
from erp_import_plugin.errors import Sentence
from erp_import_plugin.host_api import CrmSchema, Group, User
from erp_import_plugin.workflow import importing, preview
from erp_import_plugin.workflow import settings as settings_step
from tests.support import hosts
from tests.support.reading import Page
from tests.support.rooms import ADMIN
from tests.support.shop import CONFIG
from tests.support.site import BY_NAME, Site

MARKUP = """javascript:a(0) onfocus=a(1) "' onclick='a(2)'><img src=x onerror=a(3)><script>a(4)</script>"""
SETTINGS = replace(BY_NAME, lists={"category": ListPolicy.ADD})
CONNECTIONS = "/erp-import/sync/connections"

Named = Iterator[tuple[str, Page]]


class MarkedCrm:
    """The CRM of a host, with markup in every label."""

    def __init__(self, crm: Any) -> None:
        self._crm = crm

    def __getattr__(self, name: str) -> Any:
        return getattr(self._crm, name)

    def schema(self) -> CrmSchema:
        known: CrmSchema = self._crm.schema()
        entities = {
            kind: replace(
                one,
                label=f"{one.label} {MARKUP}",
                fields={key: replace(crm, label=f"{crm.label} {MARKUP}") for key, crm in one.fields.items()},
            )
            for kind, one in known.entities.items()
        }
        lists = {name: replace(one, label=f"{one.label} {MARKUP}") for name, one in known.lists.items()}
        return CrmSchema(entities, lists)


def mark(site: Site) -> set[str]:
    """Put markup everywhere; gives the endpoints of the HTML pages that are answered from now on, as they are."""
    _mark_erp(site)
    app, extension = site.client.application, site.client.application.extensions["erp_import"]
    loaded = [_marked(one) for one in extension.rooms.registry.loaded]
    broken = BrokenConnector(f"acme {MARKUP}", MARKUP, MARKUP, Sentence("It says: %(error)s", error=MARKUP))
    host = replace(extension.rooms.host, crm=MarkedCrm(extension.rooms.host.crm))
    rooms = replace(extension.rooms, host=host, registry=Registry([*loaded, broken]))
    site.house.rooms = extension.rooms = rooms
    site.visitors.signed_in = User(ADMIN.id, f"Admin {MARKUP}", ADMIN.groups)
    site.visitors.groups = lambda: [Group("office", f"Office {MARKUP}")]  # type: ignore[method-assign]
    site.visitors.users = lambda *_: [User("1", f"One {MARKUP}"), User("2", f"Two {MARKUP}")]  # type: ignore[method-assign]
    with rooms.engine.begin() as tx:
        names = [{"name": "Company in the CRM", "note": MARKUP}, {"name": MARKUP, "note": ""}, {"name": MARKUP}]
        tx.execute(insert(hosts.company), [{"vat_number": "NO1", "note": "", **one} for one in names])
        tx.execute(insert(hosts.item), [{"list_name": "category", "name": f"Item {MARKUP}"}])
    answered: set[str] = set()

    def note(answer: Response) -> Response:
        if answer.mimetype == "text/html" and answer.status_code == 200:
            answered.add((request.endpoint or "").removeprefix("erp_import."))
        return answer

    app.after_request_funcs.setdefault(None, []).append(note)
    return answered


def _mark_erp(site: Site) -> None:
    shop = site.house.shop
    shop.lists["categories"] = {"A": MARKUP, "B": f"B {MARKUP}"}
    shop.actors.clear()
    text = {"NAME": MARKUP, "VATNO": MARKUP, "POSTALCITY": MARKUP, "EMAIL": MARKUP, "PHONE": MARKUP}
    shop.add(ActorType.CUSTOMER, f"K{MARKUP}", **text, CATEGORY="A")
    shop.add(ActorType.CUSTOMER, "K2", NAME="Company in the CRM", VATNO=MARKUP, EMAIL=MARKUP, CATEGORY="B")
    shop.add(ActorType.CUSTOMER, "K4", **{**text, "NAME": f"New {MARKUP}"}, CATEGORY="A")
    shop.add_companies(6)
    shop.fields = {
        actor_type: tuple(replace(field, label=f"{field.label} {MARKUP}", tooltip=MARKUP) for field in fields)
        for actor_type, fields in shop.fields.items()
    }
    site.house.connect(f"Shop {MARKUP}")


def _marked(one: LoadedConnector) -> LoadedConnector:
    fields = tuple(
        replace(
            field,
            label=f"{field.label} {MARKUP}",
            tooltip=MARKUP,
            choices=tuple(replace(choice, label=f"{choice.label} {MARKUP}") for choice in field.choices),
        )
        for field in one.config_fields
    )
    return replace(one, name=f"Shop {MARKUP}", description=MARKUP, distribution=MARKUP, config_fields=fields)


def walk(site: Site) -> Named:
    """Every page, by name, on the way of an admin through an import, its repetition, its undo and the set-up."""
    yield "source", site.get("/erp-import/")
    yield "connection", site.get("/erp-import/connection")
    token = site.staged()
    one = site.path(token)
    yield from _searched(site, one)
    settings_step.save(site.house.rooms, ADMIN, token, SETTINGS)
    preview.start(site.house.rooms, site.house.jobs, ADMIN, token)
    yield from _planned(site, one)
    importing.start(site.house.rooms, site.house.jobs, ADMIN, token)
    for which in ("new", "changed", "rest"):
        yield f"done {which}", site.get(one + f"done?which={which}")
    yield "history", site.get(f"{one}history?q={MARKUP}")
    yield "history of all", site.get(f"{one}history")
    yield from _saved(site, one)
    yield from _undone(site, one)
    yield "imports", site.get("/erp-import/imports")
    yield "imports, none", site.get(f"/erp-import/imports?q=none{MARKUP}&who={MARKUP}")
    yield "not found", site.get(site.path("nothing") + "search", 404)
    yield from _set_up(site)
    site.house.sync.on = True
    yield "sync is on", site.get(one + "search", 409)


def _searched(site: Site, one: str) -> Named:
    site.post(one + "search", do="add:0", criteria="1", **{"c-0-0-field": "NAME", "c-0-0-value": MARKUP})
    for page in ("search", "search?sort=0&desc=1", "staging", f"staging?q={MARKUP}", "settings"):
        yield page, site.get(one + page)
    yield "settings with errors", _page(site.post(one + "settings", 422, **{"company-match": ""}))


def _planned(site: Site, one: str) -> Named:
    plan = site.get(one + "preview")
    yield "preview", plan
    yield "preview, nothing found", site.get(one + f"preview?q={MARKUP}&status=held")
    for link in plan.all("a", data_panel=""):
        if "preview/" in link["href"]:
            yield f"row {link.text}", site.get(link["href"])
    yield "fields", site.get(one + "preview/fields")
    yield "importing", site.get(one + "importing")


def _saved(site: Site, one: str) -> Named:
    """The pages of saved imports and presets, and a run that finds something new and something gone."""
    yield "save", site.get(one + "save")
    yield "save with errors", _page(site.post(one + "save", 422, name=" "))
    site.post(one + "save", name=MARKUP)
    shop = site.house.shop
    shop.moment = 2
    shop.remove(ActorType.CUSTOMER, "K2")
    shop.add(ActorType.CUSTOMER, "K3", NAME=f"Newer {MARKUP}")
    yield "saved", site.get("/erp-import/saved")
    run = site.post("/erp-import/saved", do="run:1")
    assert isinstance(run, str)
    yield "repeat", site.get(run)
    yield "preview of a run", site.get(run.removesuffix("repeat") + "preview")
    settings = run.removesuffix("repeat") + "settings"
    site.post(settings, 200, do="preset-save", preset_name=MARKUP, **{"company-match": "name"})
    yield "settings with presets", site.get(settings)
    yield "settings with a preset", _page(site.post(settings, 200, do="preset-apply", preset="1"))
    yield "presets", site.get("/erp-import/presets")
    yield "saved import", site.get("/erp-import/saved/1")


def _undone(site: Site, one: str) -> Named:
    undo = site.post(one + "undo")
    assert isinstance(undo, str)
    yield "preview of an undo", site.get(undo)
    yield "undo, before it starts", site.get(undo.removesuffix("preview") + "importing")
    yield "history with an undo", site.get(one + "history")
    site.house.shop.fail = _complain
    token = site.house.begin()
    site.post(site.path(token, "search"), do="find", **{"c-0-0-on": "yes"})
    yield "search that failed", site.get(site.path(token, "search"))
    site.house.shop.fail = lambda _method: None


def _set_up(site: Site) -> Named:
    one = f"{CONNECTIONS}/2"
    for page in ("", "/new", "/new/shop", "/2", "/2/delete"):
        yield f"connections{page}", site.get(f"{CONNECTIONS}{page}")
    for page in ("mappings/Customer", f"mappings/Customer?q={MARKUP}", "defaults/Customer", "lists"):
        yield f"a connection, {page}", site.get(f"{one}/{page}")
    yield "list mapping", site.get(f"{one}/lists?erp=categories&crm=category")
    form = {"name": f"Other {MARKUP}", "description": MARKUP, "settings": "yes", "everyone": "no", "user": "2"}
    settings = {"config-server": MARKUP, "config-password": CONFIG["password"], "config-port": MARKUP}
    yield "new connection with errors", _page(site.post(f"{CONNECTIONS}/new/shop", 422, **form, **settings))
    site.house.shop.fail = _complain
    site.post(f"{CONNECTIONS}/new/shop", do="test", **form, group="office", **{**settings, **_FITTING})
    site.post(CONNECTIONS, do="test:2")
    site.house.shop.fail = lambda _method: None
    yield "connections, tests failed", site.get(CONNECTIONS)
    yield "a connection whose test failed", site.get(f"{CONNECTIONS}/3")
    yield "a connection without mapping", site.get(f"{CONNECTIONS}/3/mappings")
    yield "connectors", site.get("/erp-import/sync/connectors")
    yield "audit", site.get("/erp-import/sync/audit")
    yield "audit, none", site.get(f"/erp-import/sync/audit?q=none{MARKUP}&who={MARKUP}&from={MARKUP}&act={MARKUP}")


_FITTING = {"config-server": "\"'><img src=x onerror=1>", "config-port": "1"}


def parts(site: Site) -> Named:
    """Parts of pages, which are put into a page by a script."""
    token = site.house.begin()
    yield "users", site.get(f"{CONNECTIONS}/users?find={MARKUP}&user=1")
    yield "items", site.get(site.path(token, f"search/items?list=categories&q=&name={MARKUP}&picked={MARKUP}"))


def _complain(method: str) -> None:
    raise GiveUp(f"{method} says {MARKUP}")


def _page(answer: Page | str) -> Page:
    assert isinstance(answer, Page)
    return answer
