"""dlt's merge of dicts by primary key: no preview, no journal, no accounts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from sqlalchemy import Engine

from benchmarks.workload import TEXTS, Workload, record


def merge(engine: Engine, workload: Workload) -> float:
    """Seconds of the merge; the table it merges into is dlt's own, filled before the clock starts."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
    import dlt

    url = engine.url.set(drivername="postgresql+psycopg2") if engine.dialect.name == "postgresql" else engine.url
    with TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "bench",
            destination=dlt.destinations.sqlalchemy(url.render_as_string(hide_password=False)),
            dataset_name="main" if engine.dialect.name == "sqlite" else "bench",
            pipelines_dir=folder,
        )

        def load(rows: Iterator[dict[str, Any]]) -> None:
            pipeline.run(
                dlt.resource(rows, name="dlt_company", primary_key="vat_number", write_disposition="merge"),
            )

        load(_dict(record(number)) for number in range(workload.existing))
        before = perf_counter()
        load(_dict(actor) for actor in workload.actors())
        return perf_counter() - before


def _dict(values: tuple[str, ...]) -> dict[str, Any]:
    return {name: value or None for name, value in zip(TEXTS, values, strict=True)}
