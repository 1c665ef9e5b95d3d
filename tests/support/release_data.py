"""What a release leaves in a database: imports in every state, made by its own workflow, kept as a file of rows.

``python -m tests.support.release_data`` is run once, by the code that is released; ``tests/store/test_released.py`` has
the migrations of later versions bring such a database up to date, and goes on with what was begun in it.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import Engine, insert, select, update

import erp_import_plugin
from erp_import_plugin.connector_api import ActorRef, ActorType, Operator
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings, ListPolicy, NoCompany
from erp_import_plugin.jobs.lease import Lease
from erp_import_plugin.store import migrate, plan_pages, tables
from erp_import_plugin.store.plan import PlanFilter
from erp_import_plugin.store.secrets import Vault
from erp_import_plugin.store.transactions import reading
from erp_import_plugin.workflow import (
    connections,
    decisions,
    importing,
    imports,
    presets,
    preview,
    saved_imports,
    search,
    staging,
    undo,
)
from erp_import_plugin.workflow import settings as settings_step
from erp_import_plugin.workflow.criteria import Criteria, Criterion
from erp_import_plugin.workflow.decisions import Wish
from tests.support import databases, hosts
from tests.support.killing import killed_at
from tests.support.rooms import ADMIN, CHIEF, House, build, jobs_of
from tests.support.shop import CONFIG, Shop

FOLDER = Path(__file__).parents[1] / "store" / "data"
KEY = "YSBrZXkgdGhhdCBpcyBvZiB1c2Ugbm93aGVyZSBlbHM="
"""Encrypts the passwords in the file; it opens nothing else."""
SETTINGS = ImportSettings(
    company=DuplicateSettings("name", Action.REPLACE),
    person=DuplicateSettings("name", Action.MERGE),
    project=DuplicateSettings("name", Action.MERGE),
    no_company=NoCompany.CREATE,
    lists={"category": ListPolicy.ADD, "country": ListPolicy.ADD},
)
_LONG_AGO = datetime(2026, 1, 2, tzinfo=timezone.utc)


def stock(shop: Shop) -> None:
    """What the ERP of the file has: customers, suppliers, wholesalers, and persons with and without a company."""
    shop.add_companies(50)
    shop.add_companies(20, ActorType.SUPPLIER)
    for n in range(1, 21):
        name = f"Supplier {n}" if n < 9 else f"Wholesaler {n}"
        shop.change(ActorType.SUPPLIER, f"C{n:04}", NAME=name, VATNO=f"NO99{n:07}", NUMBER2=900 + n)
    shop.change(ActorType.CUSTOMER, "C0040", NAME="Twin AS")
    shop.change(ActorType.CUSTOMER, "C0041", NAME='Brød & "Kaffe" - שלום 😀', PHONE="22 33 44 55")
    shop.change(ActorType.CUSTOMER, "C0042", EMAIL="not an address")
    for n in range(1, 13):
        parent = ActorRef(ActorType.CUSTOMER, f"C{n * 4:04}") if n % 3 else None
        names = {"FIRSTNAME": f"Kari {n}", "LASTNAME": "Nordmann", "NUMBER": str(n)}
        shop.add(
            ActorType.PERSON, f"P{n}", parent, **names, EMAIL=f"kari{n}@person.example", PHONE_MOBILE="99 88 77 66"
        )


def move_on(shop: Shop) -> None:
    """What the ERP has otherwise when the saved import is run again."""
    shop.moment = 2
    shop.change(ActorType.CUSTOMER, "C0003", POSTALCITY="Tromsø", EMAIL="new@company.example")


def main() -> None:
    """Make the file of this release."""
    with TemporaryDirectory() as folder, databases.sqlite_file(Path(folder)) as engine:
        migrate.upgrade(engine)
        marks = _fill(_house(engine))
        with engine.begin() as tx:  # whatever the clock of the reader says, the workers are gone
            over = tables.job.c.lease_until.is_not(None)
            tx.execute(update(tables.job).where(over).values(lease_until=_LONG_AGO))
        data = {"migration": migrate.current(engine), "imports": marks, "tables": _rows(engine)}
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{erp_import_plugin.__version__}.json").write_text(_text(data), encoding="utf-8")


def _house(engine: Engine) -> House:
    house = build(engine, chunk=5)
    rooms = replace(house.rooms, vault=Vault([KEY]))
    stock(house.shop)
    with engine.begin() as tx:
        companies = [{"name": f"Company {n:04}", "code": f"OLD{n}", "note": "of old"} for n in range(1, 31, 3)]
        tx.execute(
            insert(hosts.company), [*companies, *({"name": "Twin AS", "code": code, "note": ""} for code in "AB")]
        )
        tx.execute(insert(hosts.company).values(name="Compny 0044", vat_number="NO000000044"))
        tx.execute(insert(hosts.person).values(first_name="Kari 1", last_name="Nordmann"))
    return replace(house, rooms=rooms, jobs=jobs_of(rooms))


def _fill(house: House) -> dict[str, str]:
    """Imports in every state; their tokens by what they are."""
    rooms, jobs = house.rooms, house.jobs
    made = house.connect("Shop one")
    connections.add(rooms, ADMIN, "shop", "Only mine", CONFIG, everyone=False)
    connections.delete(rooms, CHIEF, connections.add(rooms, ADMIN, "shop", "Shop of old", CONFIG))

    def begun(actor_type: ActorType = ActorType.CUSTOMER, name: str = "") -> str:
        token = imports.begin(rooms, ADMIN, made, actor_type).token
        wanted = Criteria(((Criterion("NAME", Operator.BEGINS.value, (name,)),),)) if name else None
        house.stage(token, actor_type, wanted)
        settings_step.save(rooms, ADMIN, token, SETTINGS)
        return token

    def done(token: str) -> str:
        preview.start(rooms, jobs, ADMIN, token)
        importing.start(rooms, jobs, ADMIN, token)
        return token

    marks = {"done": done(begun(name="Company 000"))}
    presets.save(rooms, ADMIN, marks["done"], SETTINGS, "Usual", shared=True, default=True)
    saved = saved_imports.save(rooms, ADMIN, marks["done"], "Nightly", shared=True)
    move_on(house.shop)
    marks["repeated"] = saved_imports.run(rooms, jobs, ADMIN, saved)
    done(marks["repeated"])
    marks["undone"] = done(begun(ActorType.SUPPLIER, "Supplier 8"))
    marks["undo"] = undo.start(rooms, jobs, ADMIN, marks["undone"])
    importing.start(rooms, jobs, ADMIN, marks["undo"])
    marks["half undone"] = done(begun(ActorType.SUPPLIER, "Supplier"))
    marks["half undo"] = undo.start(rooms, jobs, ADMIN, marks["half undone"])
    with _killed(house, "INSERT INTO erp_import_outcome", 3):  # the first one is of the rows that are left alone
        importing.start(rooms, jobs, ADMIN, marks["half undo"])
    marks["half"] = begun()
    house.stage(marks["half"], ActorType.PERSON)
    preview.start(rooms, jobs, ADMIN, marks["half"])
    _decide(house, marks["half"])
    with _killed(house, "INSERT INTO erp_import_outcome", 4):
        importing.start(rooms, jobs, ADMIN, marks["half"])
    marks["planned"] = begun(ActorType.SUPPLIER, "Wholesaler 1")
    preview.start(rooms, jobs, ADMIN, marks["planned"])
    marks["planning"] = begun()
    with _killed(house, "INSERT INTO erp_import_plan_row", 3):
        preview.start(rooms, jobs, ADMIN, marks["planning"])
    marks["fetching"] = imports.begin(rooms, ADMIN, made, ActorType.CUSTOMER).token
    house.search(marks["fetching"])
    search.tick(rooms, ADMIN, marks["fetching"], True)
    with _killed(house, "UPDATE erp_import_staged", 1):
        staging.add(rooms, jobs, ADMIN, marks["fetching"])
    return marks


def _decide(house: House, token: str) -> None:
    """Decide the twin, leave a row out and a field of another."""
    rooms = house.rooms
    with reading(rooms.engine) as tx:
        import_id = imports.get(rooms, ADMIN, token).import_.id
        lines = [line.planned for line in plan_pages.page(tx, import_id, PlanFilter(), 0, 1000)[0]]
    (twin,) = [one for one in lines if one.label == "Twin AS"]
    decisions.decide(rooms, ADMIN, token, twin.row, Wish.ENTITY, sorted(twin.match.entities)[0])
    new = [one for one in lines if one.status is Status.NEW and one.label.startswith("Company")]
    preview.tick(rooms, ADMIN, token, False, [new[-1].row])
    preview.tick_fields(rooms, ADMIN, token, new[-2].row, ["company.email"])


def _killed(house: House, fragment: str, number: int) -> Any:
    """Work that is killed at a statement, with no time to say so."""
    return _Killed(house.rooms.engine, fragment, number)


class _Killed:
    def __init__(self, engine: Engine, fragment: str, number: int) -> None:
        self._silent = patch.object(Lease, "give_up", lambda _: None)
        self._killed = killed_at(engine, fragment, number)

    def __enter__(self) -> None:
        self._silent.start()
        self._killed.__enter__()

    def __exit__(self, *error: Any) -> bool:
        self._silent.stop()
        return bool(self._killed.__exit__(*error))


def _rows(engine: Engine) -> dict[str, list[list[Any]]]:
    """All rows by table, the first one the names of the columns."""
    found: dict[str, list[list[Any]]] = {}
    with engine.connect() as tx:
        for table in (*hosts.metadata.sorted_tables, *tables.metadata.sorted_tables):
            rows = tx.execute(select(table)).all()
            found[table.name] = [list(table.c.keys()), *([_plain(value) for value in row] for row in rows)]
    return found


def _text(data: dict[str, Any]) -> str:
    """JSON with a row on each line, so that a difference can be read."""
    tables_ = [
        f"{json.dumps(name)}: [\n{','.join(json.dumps(row, ensure_ascii=False) + chr(10) for row in rows)}]"
        for name, rows in data["tables"].items()
    ]
    rest = json.dumps({key: value for key, value in data.items() if key != "tables"}, ensure_ascii=False)
    return f'{rest[:-1]}, "tables": {{\n{",".join(tables_)}}}}}\n'


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).replace(tzinfo=None).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, UUID):
        return value.hex
    return str(value) if isinstance(value, (date, Decimal)) else value


if __name__ == "__main__":
    main()
