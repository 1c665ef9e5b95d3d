"""What tests of saved imports do: import and save, run again, and look at what was found."""

from __future__ import annotations

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.repeating import Repeat
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings, ListPolicy, NoCompany
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.plan import PlanFilter
from erp_import_plugin.store.transactions import reading
from erp_import_plugin.workflow import access, importing, preview, saved_imports
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.criteria import Criteria
from tests.support.rooms import ADMIN, House

REPLACE = ImportSettings(
    company=DuplicateSettings("number", Action.REPLACE),
    person=DuplicateSettings("email", Action.REPLACE),
    no_company=NoCompany.WITHOUT,
    lists={"category": ListPolicy.BLANK},
)


def imported(
    house: House,
    criteria: Criteria | None = None,
    actor_type: ActorType = ActorType.CUSTOMER,
    chosen: ImportSettings = REPLACE,
) -> str:
    """The token of an import of all that fulfils the criteria, done."""
    token = house.begin(actor_type)
    house.stage(token, actor_type, criteria)
    settings_step.save(house.rooms, ADMIN, token, chosen)
    assert preview.start(house.rooms, house.jobs, ADMIN, token).state == "done"
    write(house, token)
    return token


def saved(
    house: House,
    name: str = "Nightly",
    criteria: Criteria | None = None,
    actor_type: ActorType = ActorType.CUSTOMER,
    chosen: ImportSettings = REPLACE,
) -> int:
    """The id of a saved import whose actors are imported."""
    token = imported(house, criteria, actor_type, chosen)
    return saved_imports.save(house.rooms, ADMIN, token, name)


def run(house: House, saved_id: int) -> str:
    """The token of a run that has compared everything."""
    token = saved_imports.run(house.rooms, house.jobs, ADMIN, saved_id)
    job = house.jobs.latest(token)
    assert job is not None
    assert job.state == "done", job.note
    return token


def write(house: House, token: str) -> None:
    """Import what is planned."""
    assert importing.start(house.rooms, house.jobs, ADMIN, token, typed=None).state == "done"


def opened(house: House, token: str) -> Import:
    """The import as it is kept."""
    with reading(house.rooms.engine) as tx:
        return access.open_import(tx, house.rooms, ADMIN, token)


def found(house: House, token: str) -> Repeat:
    """What a run found."""
    repeat = opened(house, token).repeat
    assert repeat is not None
    assert repeat.complete
    return repeat


def counts(house: House, token: str) -> tuple[int, int, int, int]:
    """How many were new, changed, the same and gone."""
    repeat = found(house, token)
    return repeat.new, repeat.changed, repeat.same, repeat.gone


def rows(house: House, token: str) -> dict[str, Status]:
    """The plan of a run: what becomes of each actor, by its label."""
    page = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter())
    return {line.planned.label: line.planned.status for line in page.page.rows}
