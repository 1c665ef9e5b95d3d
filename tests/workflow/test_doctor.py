"""Each finding of the doctor, and that a healthy installation has none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from celery.app.control import Inspect
from cryptography.fernet import Fernet
from sqlalchemy import Engine, create_engine, update

from erp_import_plugin.connector_host import BrokenConnector, Registry
from erp_import_plugin.errors import ConfigError, Sentence
from erp_import_plugin.jobs.celery_runner import WORK
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import health, migrate, tables
from erp_import_plugin.store.connections import ConnectionTest
from erp_import_plugin.store.jobs import MOST_ATTEMPTS, JobStore
from erp_import_plugin.store.secrets import Vault
from erp_import_plugin.workflow.doctor import CHECKS, examine, not_loaded
from erp_import_plugin.workflow.findings import Finding, Level
from erp_import_plugin.workflow.rooms import Rooms, utc_now
from tests.support import databases
from tests.support.rooms import House, build
from tests.support.sickness import connected_with, read_only

SECRET = {"SECRET_KEY": "5f352379324c22463451387a0aec5d2f"}


@pytest.fixture
def house(engine: Engine) -> House:
    migrate.upgrade(engine)
    return build(engine)


@pytest.fixture(params=["postgresql", "mariadb"])
def server(request: pytest.FixtureRequest, servers: databases.Databases) -> Engine:
    """It may hold what a test before has left; nobody here minds."""
    engine = servers[request.param]
    migrate.upgrade(engine)
    return engine


def found(rooms: Rooms, check: str, **app_config: object) -> list[Finding]:
    """What the doctor says of one thing."""
    return [one for one in examine(rooms, {**SECRET, **app_config}) if one.check == check]


def only(rooms: Rooms, check: str, **app_config: object) -> tuple[Level, str, str]:
    """The same where it is one finding."""
    (one,) = found(rooms, check, **app_config)
    return one.level, one.found, one.advice


def job(house: House, kind: str = "plan", **values: object) -> int:
    """A job that is as it is."""
    with house.rooms.engine.begin() as tx:
        made = JobStore(house.rooms.engine, house.rooms.now).add(tx, kind, f"subject of {kind}", "1")
        if values:
            tx.execute(update(tables.job).where(tables.job.c.id == made).values(values))
    return made


def test_all_is_well_in_a_new_house(house: House) -> None:
    house.connect()
    seen = [*examine(house.rooms, SECRET)]
    assert [one.check for one in seen] == ["configuration", "keys", *CHECKS]
    assert {one.level for one in seen} == {Level.OK}, seen
    assert not any(one.advice for one in seen)


def test_a_check_that_fails_stops_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> None:
        raise ValueError("hunter2")

    monkeypatch.setattr(health, "try_to_write", lambda *_: broken(_))
    seen = [*examine(house.rooms, SECRET)]
    assert [one.check for one in seen] == ["configuration", "keys", *CHECKS]
    (failed,) = [one for one in seen if one.level is Level.ERROR]
    assert (failed.check, failed.found) == ("write", "It could not be looked at: ValueError.")


def test_all_is_well_on_a_server(server: Engine) -> None:
    seen = [*examine(build(server).rooms, SECRET)]
    assert {one.level for one in seen} == {Level.OK}, seen
    assert found(build(server).rooms, "database")[0].found.startswith(("PostgreSQL 1", "MariaDB 1"))


@pytest.mark.parametrize(("secret", "level"), [("dev", Level.ERROR), (b"aaaaaaaaaaaaaaaaaaaaaaaa", Level.ERROR)])
def test_a_secret_key_that_can_be_guessed(house: House, secret: str | bytes, level: Level) -> None:
    assert only(house.rooms, "keys", SECRET_KEY=secret)[0] is level
    own = (Fernet.generate_key().decode(),)
    level, text, advice = only(house.rooms, "keys", SECRET_KEY=secret, ERP_IMPORT_SECRET_KEYS=own)
    assert level is Level.WARNING
    assert "SECRET_KEY can be guessed" in text
    assert "secrets.token_hex()" in advice


def test_a_key_of_ours_that_was_typed(house: House) -> None:
    level, text, _ = only(house.rooms, "keys", ERP_IMPORT_SECRET_KEYS=("A" * 43 + "=",))
    assert (level, text) == (Level.ERROR, "Key 1 of ERP_IMPORT_SECRET_KEYS was not drawn at random.")


def test_no_secret_is_told(house: House) -> None:
    house.connect()
    told = repr([*examine(house.rooms, {"SECRET_KEY": "hunter2", "ERP_IMPORT_SECRET_KEYS": ("A" * 43 + "=",)})])
    assert "hunter2" not in told
    assert "AAA" not in told


def test_a_configuration_that_is_wrong() -> None:
    one = not_loaded(ConfigError("ERP_IMPORT_CHUNKS is not a key of the ERP import."))
    assert (one.check, one.level) == ("configuration", Level.ERROR)
    assert "ERP_IMPORT_CHUNKS" in one.found


def test_an_app_that_cannot_be_loaded_for_another_reason() -> None:
    one = not_loaded(ModuleNotFoundError("No module named 'crm'"))
    assert (one.check, one.level) == ("app", Level.ERROR)
    assert "ModuleNotFoundError: No module named 'crm'" in one.found


def test_a_database_that_is_away_is_told_once_per_check_without_its_address(house: House) -> None:
    away = create_engine("postgresql+psycopg://someone:hunter2@127.0.0.1:1/crm")
    seen = [one for one in examine(replace(house.rooms, engine=away), SECRET) if one.level is Level.ERROR]
    assert [one.check for one in seen][:3] == ["database", "transactions", "clock"]
    assert seen[0].found == "The database cannot be reached, or it has ended the connection."
    assert "hunter2" not in repr(seen)


@pytest.mark.parametrize(
    ("product", "version", "level"),
    [("postgresql", (11, 2), Level.WARNING), ("oracle", (19,), Level.WARNING), ("mariadb", (10, 6, 1), Level.OK)],
)
def test_a_database_that_is_old_or_unknown(house: House, product: str, version: tuple[int, ...], level: Level) -> None:
    seen = health.Health(product, version, "READ COMMITTED", None)
    with patch.object(health, "look", lambda _: seen):
        assert only(house.rooms, "database")[0] is level


def test_isolation_that_is_not_as_it_must_be(house: House) -> None:
    seen = health.Health("postgresql", (15, 1), "READ UNCOMMITTED", None)
    with patch.object(health, "look", lambda _: seen):
        level, text, _ = only(house.rooms, "transactions")
    assert (level, "READ UNCOMMITTED" in text) == (Level.ERROR, True)


def test_sqlite_as_it_comes(house: House, tmp_path: Path) -> None:
    bare = create_engine(f"sqlite:///{tmp_path}/bare.sqlite", connect_args={"timeout": 0})
    seen = found(replace(house.rooms, engine=bare), "transactions")
    assert [one.level for one in seen] == [Level.WARNING, Level.WARNING]
    assert "journal_mode = WAL" in seen[0].advice
    assert "busy_timeout" in seen[1].advice


def test_clocks_that_differ(server: Engine) -> None:
    house = build(server)
    for seconds, level in ((10, Level.WARNING), (-10, Level.WARNING), (-90, Level.ERROR)):
        rooms = replace(house.rooms, now=lambda ahead=seconds: utc_now() + timedelta(seconds=ahead))
        seen, text, advice = only(rooms, "clock")
        assert seen is level
        assert ("behind" if seconds > 0 else "ahead of") in text
        assert "NTP" in advice


def test_a_database_that_takes_no_changes(house: House) -> None:
    with read_only(house.rooms.engine):
        level, text, _ = only(house.rooms, "write")
    assert (level, "open for reading only" in text) == (Level.ERROR, True)


def test_a_server_that_takes_no_changes(server: Engine) -> None:
    rooms = build(server).rooms
    with read_only(server):
        level, text, _ = only(rooms, "write")
    assert (level, "open for reading only" in text) == (Level.ERROR, True)


def test_looking_writes_nothing(house: House) -> None:
    before = _rates(house.rooms.engine)
    assert only(house.rooms, "write")[0] is Level.OK
    assert _rates(house.rooms.engine) == before == 0


@pytest.mark.parametrize(("pages", "level"), [(20_000, Level.WARNING), (1_000, Level.ERROR)])
def test_a_disk_with_little_room(house: House, pages: int, level: Level) -> None:
    _vacuum(house.rooms.engine)  # other tests may have left a large file
    with connected_with(house.rooms.engine, f"PRAGMA max_page_count = {pages}"):
        assert only(house.rooms, "disk")[0] is level


def test_what_was_removed_from_the_file_is_room(house: House) -> None:
    engine = house.rooms.engine
    with engine.begin() as tx:
        tx.exec_driver_sql("CREATE TABLE filling AS SELECT randomblob(30000000) AS bytes")
        tx.exec_driver_sql("DROP TABLE filling")
        pages, size = (int(tx.exec_driver_sql(f"PRAGMA {name}").scalar() or 0) for name in ("page_count", "page_size"))
    assert pages * size > 30_000_000
    with connected_with(engine, f"PRAGMA max_page_count = {pages}"):
        assert (health.look(engine).room or 0) >= 30_000_000
    _vacuum(engine)


def test_tables_that_are_older_or_newer(house: House) -> None:
    with house.rooms.engine.begin() as tx:
        tx.exec_driver_sql(f"UPDATE {migrate.VERSION_TABLE} SET version_num = '0001'")
    assert only(house.rooms, "tables")[:2] == (Level.ERROR, "The plugin's tables are of an older version (0001).")
    with house.rooms.engine.begin() as tx:
        tx.exec_driver_sql(f"UPDATE {migrate.VERSION_TABLE} SET version_num = '9999'")
    level, text, _ = only(house.rooms, "tables")
    assert (level, "newer version of the plugin (9999)" in text) == (Level.ERROR, True)


def test_a_folder_of_files_that_is_not_there(house: House, tmp_path: Path) -> None:
    def level(folder: Path) -> Level:
        return only(replace(house.rooms, config=replace(house.rooms.config, files=str(folder))), "files")[0]

    assert level(tmp_path) is Level.OK
    assert level(tmp_path / "gone") is Level.ERROR


def test_passwords_under_an_older_key(house: House) -> None:
    house.connect()
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    _lock_again(house, Vault([old]))
    level, text, advice = only(replace(house.rooms, vault=Vault([new, old])), "passwords")
    assert level is Level.WARNING
    assert text.startswith("Connections whose passwords are under older keys: 1 (key 2;")
    assert "rotate-keys" in advice


def test_passwords_that_no_key_opens(house: House) -> None:
    house.connect()
    stranger = replace(house.rooms, vault=Vault([Fernet.generate_key().decode()]))
    level, text, _ = only(stranger, "passwords")
    assert (level, text) == (Level.ERROR, "No key opens the passwords of: “Shop one”.")


def test_connectors_that_are_broken_or_not_there(house: House) -> None:
    broken = BrokenConnector("acme", "acme-connector", "1.0", Sentence("It offers no connector."))
    seen = found(replace(house.rooms, registry=Registry([broken])), "connectors")
    assert [one.level for one in seen] == [Level.WARNING, Level.WARNING]
    assert seen[0].found == "“acme” (acme-connector 1.0) is left out. It offers no connector."
    assert seen[1].found == "There is no connector."


def test_a_connection_whose_connector_is_gone(house: House) -> None:
    house.connect()
    level, text, _ = only(replace(house.rooms, registry=Registry([])), "connections")
    assert (level, text) == (Level.ERROR, "“Shop one” cannot be used: there is no connector “shop”.")


def test_a_connection_whose_test_failed(house: House) -> None:
    made = house.connect()
    with house.rooms.engine.begin() as tx:
        connection_store.record_test(tx, made, ConnectionTest(utc_now(), False, Sentence("The shop is closed.")))
    level, text, _ = only(house.rooms, "connections")
    assert (level, text) == (Level.WARNING, "The last test of “Shop one” failed: The shop is closed.")


@pytest.mark.parametrize(("runner", "level"), [("thread", Level.OK), ("worker", Level.OK), ("inline", Level.WARNING)])
def test_who_does_long_work(house: House, runner: str, level: Level) -> None:
    rooms = replace(house.rooms, config=replace(house.rooms.config, runner=runner))
    assert only(rooms, "runner")[0] is level


def with_celery(house: House, broker: object) -> Rooms:
    return replace(house.rooms, config=replace(house.rooms.config, runner="celery", celery=broker))


def test_a_broker_that_is_away(house: House) -> None:
    level, text, advice = only(with_celery(house, "redis://:hunter2@127.0.0.1:1/0"), "runner")
    assert (level, "Nobody answers at the address of Celery's broker." in text) == (Level.ERROR, True)
    assert "hunter2" not in text + advice


@pytest.mark.parametrize(
    ("workers", "level", "said"),
    [
        ({}, Level.WARNING, "No Celery worker has answered."),
        ({"a@one": ["other.task"]}, Level.ERROR, "Celery workers that answer: 1; none knows"),
        (
            {"a@one": ["other.task"], "b@two": [f"{WORK} [rate_limit=1]"]},
            Level.OK,
            "workers that answer and know it: 1.",
        ),
    ],
)
def test_workers_of_celery(
    house: House, monkeypatch: pytest.MonkeyPatch, workers: dict[str, list[str]], level: Level, said: str
) -> None:
    monkeypatch.setattr(Inspect, "registered", lambda _: workers)
    seen, text, _ = only(with_celery(house, "memory://"), "runner")
    assert (seen, said in text) == (level, True), text


@pytest.mark.parametrize(
    ("runner", "level"), [("worker", Level.ERROR), ("celery", Level.ERROR), ("thread", Level.WARNING)]
)
def test_work_that_nobody_begins(house: House, monkeypatch: pytest.MonkeyPatch, runner: str, level: Level) -> None:
    monkeypatch.setattr(Inspect, "registered", lambda _: None)
    rooms = replace(house.rooms, config=replace(house.rooms.config, runner=runner, celery="memory://"))
    job(house)
    assert only(rooms, "work")[0] is Level.OK
    job(house, "fetch", created_at=utc_now() - timedelta(minutes=3))
    seen, text, _ = only(rooms, "work")
    assert seen is level
    assert text.startswith("Nobody has begun job 2 (fetch of subject of fetch), the oldest since ")


def test_work_whose_worker_is_gone(house: House) -> None:
    over = {"state": "running", "lease_until": utc_now() - timedelta(minutes=1)}
    job(house, **over, attempts=1)
    job(house, "import", **over, attempts=MOST_ATTEMPTS)
    given_up, interrupted = found(house.rooms, "work")
    assert (given_up.level, interrupted.level) == (Level.ERROR, Level.WARNING)
    assert "job 2 (import of" in given_up.found
    assert "job 1 (plan of" in interrupted.found


def test_work_of_a_kind_that_is_not_known(house: House) -> None:
    job(house, "teleport")
    level, text, _ = only(house.rooms, "work")
    assert (level, text) == (Level.ERROR, "This version does not know the work “teleport” of job 1.")


def _vacuum(engine: Engine) -> None:
    raw = engine.raw_connection()
    raw.driver_connection.execute("VACUUM")  # type: ignore[union-attr]  # there is a connection
    raw.close()


def _rates(engine: Engine) -> int:
    with engine.connect() as tx:
        return int(tx.exec_driver_sql(f"SELECT count(*) FROM {tables.rate.name}").scalar() or 0)


def _lock_again(house: House, vault: Vault) -> None:
    with house.rooms.engine.begin() as tx:
        (one,) = connection_store.with_secrets(tx, lock=True)
        connection_store.set_secrets(tx, {one.id: vault.lock(house.rooms.vault.unlock(one.secrets))})
