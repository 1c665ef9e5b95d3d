"""dlt's merge by primary key, into a table of its own: no preview, no journal, no accounts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Engine

from benchmarks.workload import TEXTS, Record, Workload, record

TABLE = "dlt_company"
_DATASETS = {"sqlite": "main", "postgresql": "public"}


def fill(engine: Engine, existing: int, *, arrow: bool) -> None:
    """The companies as dlt keeps them; it adds other columns to what comes from dicts than from Arrow."""
    with _pipeline(engine, arrow=arrow) as load:
        load(record(number) for number in range(existing))


@contextmanager
def merging(engine: Engine, workload: Workload, *, arrow: bool) -> Iterator[Callable[[], None]]:
    """The merge of the actors, each a dict, or all in one Arrow table that is made within it."""
    with _pipeline(engine, arrow=arrow) as load:
        yield lambda: load(workload.actors())


@contextmanager
def _pipeline(engine: Engine, *, arrow: bool) -> Iterator[Callable[[Iterable[Record]], None]]:
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
    import dlt

    dataset = _DATASETS.get(engine.dialect.name, engine.url.database)
    columns = {name: {"data_type": "text"} for name in TEXTS}
    with TemporaryDirectory() as folder:
        pipeline = dlt.pipeline("bench", destination=_destination(engine), dataset_name=dataset, pipelines_dir=folder)

        def load(actors: Iterable[Record]) -> None:
            dicts = ({name: value or None for name, value in zip(TEXTS, actor, strict=True)} for actor in actors)
            rows = [_table(dicts)] if arrow else dicts
            keyed = {"primary_key": "vat_number", "write_disposition": "merge", "columns": columns}
            pipeline.run(dlt.resource(rows, name=TABLE, **keyed))

        yield load


def _destination(engine: Engine) -> Any:
    import dlt

    if engine.dialect.name == "postgresql":
        url = engine.url.set(drivername="postgresql", password=engine.url.password or "-")  # it insists on one
        return dlt.destinations.postgres(url.render_as_string(hide_password=False))
    return dlt.destinations.sqlalchemy(engine.url.render_as_string(hide_password=False))


def _table(dicts: Iterable[dict[str, Any]]) -> Any:
    import pyarrow

    return pyarrow.Table.from_pylist(list(dicts), pyarrow.schema([(name, pyarrow.string()) for name in TEXTS]))
