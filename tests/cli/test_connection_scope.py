"""Whom a connection is for holds on every path: pages, steps, work that is under way, and the command line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.errors import ErpImportError
from erp_import_plugin.workflow import (
    connection_form,
    connections,
    importing,
    imports,
    preview,
    saved_imports,
    search,
    staging,
)
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.connection_form import Draft
from erp_import_plugin.workflow.criteria import Criteria
from tests.cli.conftest import Shell
from tests.support.rooms import ADMIN, CHIEF, OTHER, House
from tests.support.site import BY_NAME, build_site

NAME = "Shop one"


def narrow(house: House, **scope: object) -> None:
    """Make the connection one for the chief only."""
    draft = Draft(NAME, everyone=False, users=frozenset({CHIEF.id}), **scope)  # type: ignore[arg-type]
    connection_form.change(house.rooms, ADMIN, 1, draft)


@pytest.fixture
def begun(house: House) -> tuple[House, str, int]:
    """An import with ticked results and a preview, and a saved one, of someone the connection was for."""
    house.shop.add_companies(3)
    house.connect(NAME)
    token = house.begin()
    house.stage(token)
    settings_step.save(house.rooms, ADMIN, token, BY_NAME)
    preview.start(house.rooms, house.jobs, ADMIN, token)
    return house, token, saved_imports.save(house.rooms, ADMIN, token, "Nightly")


STEPS: dict[str, Callable[[House, str, int], object]] = {
    "begin": lambda house, _t, _s: imports.begin(house.rooms, ADMIN, 1, ActorType.CUSTOMER),
    "search": lambda house, token, _s: search.start(
        house.rooms, house.jobs, ADMIN, token, ActorType.CUSTOMER, Criteria()
    ),
    "add": lambda house, token, _s: staging.add(house.rooms, house.jobs, ADMIN, token),
    "import": lambda house, token, _s: importing.start(house.rooms, house.jobs, ADMIN, token),
    "run a saved import": lambda house, _t, saved: saved_imports.run(house.rooms, house.jobs, ADMIN, saved),
}


@pytest.mark.parametrize("step", STEPS)
def test_no_step_goes_on_through_a_connection_that_is_no_longer_for_the_user(
    begun: tuple[House, str, int], step: str
) -> None:
    house, token, saved = begun
    narrow(house)
    asked = list(house.shop.calls)
    with pytest.raises(ErpImportError, match=r"not (active|meant) for you"):
        STEPS[step](house, token, saved)
    assert house.shop.calls == asked


def test_work_that_was_begun_before_stops_and_says_so(begun: tuple[House, str, int]) -> None:
    house, token, _saved = begun
    narrow(house)
    job = preview.start(house.rooms, house.jobs, ADMIN, token)
    assert job.state == "failed"
    assert "not active for you" in job.note


def test_groups_and_users_that_it_is_for_are_let_through(house: House) -> None:
    house.connect(NAME)
    draft = Draft(NAME, everyone=False, users=frozenset({OTHER.id}), groups=frozenset({"office"}))
    connection_form.change(house.rooms, ADMIN, 1, draft)
    for user in (ADMIN, OTHER):  # the first is of the office
        assert [one.id for one in connections.usable(house.rooms, user)] == [1]
    assert connections.usable(house.rooms, CHIEF) == ()


def test_the_pages_do_not_offer_it_and_do_not_take_it(engine: Engine) -> None:
    site = build_site(engine)
    narrow(site.house)
    assert NAME not in site.get("/erp-import/connection").text
    site.post("/erp-import/connection", 404, connection="1", actor_type="Customer")
    assert imports.listed(site.house.rooms, site.house.jobs, ADMIN)[1] == 0


@pytest.mark.parametrize("command", ["search", "preview", "import", "run"])
def test_the_command_line_neither(connected: Shell, command: str) -> None:
    how = ("--company-match", "number", "--list", "category=blank")
    what = ("--connection", NAME, "--type", "Customer")
    token = connected.data("preview", *what, *how)["import"]
    rooms = connected.app.extensions["erp_import"].rooms
    saved_imports.save(rooms, ADMIN, token, "Nightly")
    narrow(connected.house)
    asked = list(connected.house.shop.calls)
    args = {"search": what, "preview": (*what, *how), "import": (*what, *how), "run": ("Nightly",)}[command]
    refused = connected.run(command, *args)
    assert refused.exit_code == 2, refused.output
    assert connected.house.shop.calls == asked
