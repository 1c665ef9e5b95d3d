"""History: found by what one remembers of it, and everything that is kept of one import."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert, update

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings
from erp_import_plugin.errors import NotFound
from erp_import_plugin.host_api import User
from erp_import_plugin.store import tables
from erp_import_plugin.store.history import HistoryFilter
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.workflow import history, importing, imports, preview
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.criteria import Criteria, Criterion
from tests.support import databases, hosts
from tests.support.hosts import statements
from tests.support.rooms import ADMIN, CHIEF, OTHER, House

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)
BY_NAME = ImportSettings(company=DuplicateSettings("name", Action.REPLACE))


def done(house: House, user: User = ADMIN) -> str:
    """The token of an import of all customers that is done."""
    token = house.begin(user=user)
    house.search(token, criteria=Criteria(((Criterion("NAME", "begins", ("Comp",)),),)))
    house.stage(token)
    settings_step.save(house.rooms, ADMIN, token, BY_NAME)
    preview.start(house.rooms, house.jobs, ADMIN, token)
    importing.start(house.rooms, house.jobs, ADMIN, token)
    return token


def found(house: House, wanted: HistoryFilter, user: User = CHIEF) -> list[str]:
    lines, total = imports.listed(house.rooms, house.jobs, user, 1, wanted)
    assert len(lines) == total
    return [line.import_.token for line in lines]


@everywhere
def test_an_import_is_found_by_state_connection_person_and_text(house: House) -> None:
    house.shop.add_companies(3)
    mine = done(house)
    theirs = house.begin(user=OTHER)
    second = house.connect("100 % other_shop")
    elsewhere = imports.begin(house.rooms, ADMIN, second, ActorType.CUSTOMER).token
    assert found(house, HistoryFilter()) == [elsewhere, theirs, mine]
    assert found(house, HistoryFilter(state=ImportState.DONE)) == [mine]
    assert found(house, HistoryFilter(connection_id=second)) == [elsewhere]
    assert found(house, HistoryFilter(owner_id=OTHER.id)) == [theirs]
    assert found(house, HistoryFilter(text="other ADMIN")) == [theirs]
    assert found(house, HistoryFilter(text="% other_")) == [elsewhere]
    assert found(house, HistoryFilter(text="company 0002")) == [mine]
    assert found(house, HistoryFilter(text="C0002")) == [mine]
    assert found(house, HistoryFilter(text="c0002")) == []
    assert found(house, HistoryFilter(text="Company 0002", state=ImportState.STAGING)) == []


def test_nobody_finds_the_imports_of_others(house: House) -> None:
    house.shop.add_companies(1)
    done(house)
    assert found(house, HistoryFilter(), OTHER) == found(house, HistoryFilter(owner_id=ADMIN.id), OTHER) == []
    assert history.choices(house.rooms, OTHER) == history.Choices((), ())
    assert history.choices(house.rooms, CHIEF) == history.Choices(((1, "Shop one"),), (("1", "Admin"),))


def test_the_list_takes_as_many_statements_for_ten_imports_as_for_one(house: House, engine: Engine) -> None:
    house.shop.add_companies(1)
    counts = []
    for more in (1, 9):
        for _ in range(more):
            done(house)
        with statements(engine) as seen:
            lines, _ = imports.listed(house.rooms, house.jobs, CHIEF)
        counts.append(len(seen))
    assert len(lines) == 10
    assert counts[0] == counts[1]


@everywhere
def test_everything_that_is_kept_of_an_import(house: House, engine: Engine) -> None:
    house.shop.add_companies(12)
    with engine.begin() as tx:
        tx.execute(insert(hosts.company), [{"name": "Company 0002"}, {"name": "COMPANY 0002"}])
    token = done(house)
    kept = history.of(house.rooms, house.jobs, ADMIN, token)
    assert (kept.connection_name, kept.connector_name, kept.types) == ("Shop one", "Shop", {ActorType.CUSTOMER: 12})
    assert [(one.job.kind, one.job.state, one.by) for one in kept.work] == [
        (kind, "done", "Admin") for kind in ("fetch", "plan", "import")
    ]
    assert kept.accounts is not None
    assert (kept.accounts.read, kept.accounts.new, kept.accounts.undecided) == (12, 11, 1)
    assert (kept.page.total, len(kept.page.rows)) == (12, 10)
    assert [one.kind.value for one in kept.selections] == ["company"]
    assert kept.asked is not None
    assert (kept.asked.actor_type, kept.asked.fields["NAME"].label) == (ActorType.CUSTOMER, "Name")
    narrowed = history.of(house.rooms, house.jobs, ADMIN, token, (Status.NEW,), "0012")
    assert [row.label for row in narrowed.page.rows] == ["Company 0012"]


def test_before_the_start_there_are_no_rows(house: House) -> None:
    house.shop.add_companies(2)
    token = house.begin()
    assert history.of(house.rooms, house.jobs, ADMIN, token).asked is None
    house.stage(token)
    kept = history.of(house.rooms, house.jobs, ADMIN, token)
    assert (kept.accounts, kept.page.total, kept.selections) == (None, 0, ())


def test_who_decided_and_which_import_takes_which_back(house: House, engine: Engine) -> None:
    house.shop.add_companies(2)
    token, undo = done(house), done(house)
    now = house.rooms.now()
    with engine.begin() as tx:
        ids = tx.execute(tables.staged.select().order_by(tables.staged.c.id)).scalars().all()[:2]
        rows = [
            {"id": row, "import_id": 1, "choice": "new", "by_id": "3", "by_name": "Chief", "at": now} for row in ids
        ]
        tx.execute(insert(tables.decision), rows)
        tx.execute(update(tables.import_).where(tables.import_.c.token == undo).values(undoes=1))
    kept = history.of(house.rooms, house.jobs, ADMIN, token)
    assert [(one.name, one.rows) for one in kept.decided] == [("Chief", 2)]
    assert [one.token for one in kept.undos] == [undo]
    assert kept.takes_back is None
    back = history.of(house.rooms, house.jobs, CHIEF, undo).takes_back
    assert back is not None
    assert back.token == token
    lines, _ = imports.listed(house.rooms, house.jobs, CHIEF)
    assert [line.import_.undoes for line in lines] == [1, None]


def test_the_history_of_another_is_not_there(house: House) -> None:
    house.shop.add_companies(1)
    token = done(house)
    with pytest.raises(NotFound):
        history.of(house.rooms, house.jobs, OTHER, token)
    assert history.of(house.rooms, house.jobs, CHIEF, token).imported.token == token
