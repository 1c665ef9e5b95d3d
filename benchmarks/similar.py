"""Suggestions, measured: ``python -m benchmarks.similar [--short] [--on sqlite …] [--json FILE] [--docs FILE]``.

What is found (of records whose other self is known), what is shown, how fast that is beside comparing all with all,
and how much longer a preview takes. Needs the extra ``bench``. ``--docs`` writes the figures into a page, between two
marks.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import Engine, insert

from benchmarks import ours
from benchmarks.databases import NAMES, empty_database
from benchmarks.records import Pairs, Record, companies, company_names, fill, persons, text_of
from benchmarks.workload import TEXTS, company, metadata, record
from erp_import_plugin.engine.changes import Similar
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings
from erp_import_plugin.store import migrate
from erp_import_plugin.store.transactions import writing
from erp_import_plugin.workflow import preview, settings, similar, staging

_CHUNK = 1000
_MARKS = ("<!-- similar: begin -->", "<!-- similar: end -->")


@dataclass(frozen=True)
class Sizes:
    """How many records are compared, and how many actors planned."""

    existing: int
    incoming: int
    sample: int  # compared with all, one by one
    crm: int
    actors: int


FULL, SHORT = Sizes(10_000, 5_000, 200, 20_000, 10_000), Sizes(2_000, 1_000, 50, 2_000, 1_000)


def main(arguments: Sequence[str]) -> int:
    """Measure. Gives the exit status."""
    options = _options(arguments)
    sizes = SHORT if options.short else FULL
    cases = {
        "FEBRL 4": persons(),
        "Company names, one typo": companies(sizes.existing, sizes.incoming, 1),
        "Company names, two typos": companies(sizes.existing, sizes.incoming, 2),
    }
    found = {
        (name, database): _found(pairs, database, sizes) for database in options.on for name, pairs in cases.items()
    }
    planned = {database: _planned(database, sizes, options.rounds) for database in options.on}
    page = "\n".join(_page(found, planned, sizes))
    print(page)
    if options.json:
        measured = {"found": {f"{name}, {on}": one for (name, on), one in found.items()}, "planned": planned}
        options.json.write_text(json.dumps(_about() | measured, indent=2), encoding="utf-8")
    if options.docs:
        _write(options.docs, page)
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer records")
    parser.add_argument("--on", nargs="+", choices=NAMES, default=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=3, help="previews of each sort, of which the median counts")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--docs", type=Path)
    return parser.parse_args(arguments)


def _found(pairs: Pairs, database: str, sizes: Sizes) -> dict[str, float]:
    """What our suggestions find in one CRM, and how fast."""
    with empty_database(database) as engine:
        migrate.upgrade(engine)
        crm = fill(engine, pairs)
        fields = crm.schema().entities[pairs.kind].fields
        before = perf_counter()
        with writing(engine) as tx:
            first = {0: similar.Wanted(next(iter(pairs.incoming.values())))}
            similar.candidates(tx, crm, pairs.kind, fields, first)
        index_seconds = perf_counter() - before
        blocked: dict[int, set[str]] = {}
        shown: dict[int, tuple[Similar, ...]] = {}
        before = perf_counter()
        for chunk in _chunks(pairs.incoming):
            with writing(engine) as tx:
                shown |= similar.of(tx, crm, pairs.kind, fields, chunk)
        seconds = perf_counter() - before
        for chunk in _chunks(pairs.incoming):
            with writing(engine) as tx:
                blocked |= similar.candidates(tx, crm, pairs.kind, fields, chunk)
    rate = len(pairs.incoming) / seconds
    return {
        **_quality(blocked, shown),
        "index_seconds": index_seconds,
        "records_per_second": rate,
        "candidates_per_second": rate * sum(map(len, blocked.values())) / len(blocked),
        "times_all_pairs": rate / _all_pairs(pairs, sizes.sample),
    }


def _chunks(records: Mapping[int, Record]) -> Iterator[dict[int, similar.Wanted]]:
    left = iter(records.items())
    while some := list(islice(left, _CHUNK)):
        yield {number: similar.Wanted(record) for number, record in some}


def _quality(blocked: Mapping[int, set[str]], shown: Mapping[int, tuple[Similar, ...]]) -> dict[str, float]:
    count = len(blocked)
    first = sum(some[0].entity_id == str(number + 1) for number, some in shown.items())
    right = sum(one.entity_id == str(number + 1) for number, some in shown.items() for one in some)
    return {
        "candidates": sum(map(len, blocked.values())) / count,
        "recall_candidates": sum(str(number + 1) in some for number, some in blocked.items()) / count,
        "recall_shown": right / count,
        "precision_best": first / max(1, len(shown)),
        "precision_all": right / max(1, sum(map(len, shown.values()))),
    }


def _all_pairs(pairs: Pairs, sample: int) -> float:
    """Records per second where each is compared with every one by rapidfuzz's WRatio."""
    texts = [text_of(record) for record in pairs.existing.values()]
    before = perf_counter()
    for one in islice(pairs.incoming.values(), sample):
        process.extractOne(text_of(one), texts, scorer=fuzz.WRatio)
    return sample / (perf_counter() - before)


@dataclass(frozen=True)
class _New:
    """Companies the CRM does not have, as a workload."""

    names: Sequence[str]
    after: int

    @property
    def incoming(self) -> int:
        return len(self.names)

    def actor(self, n: int) -> tuple[str, ...]:
        return (self.names[n], *record(self.after + n)[1:])


def _planned(database: str, sizes: Sizes, rounds: int) -> dict[str, float]:
    """Seconds of a preview of new companies without suggestions and with them, and the first time with them."""
    names = company_names(sizes.crm + sizes.actors)
    with empty_database(database) as engine:
        _fill_companies(engine, names[: sizes.crm])
        ticked = ours.prepare(engine, _New(names[sizes.crm :], sizes.crm))  # type: ignore[arg-type]
        staging.add(ticked.rooms, ticked.jobs, ours.ADMIN, ticked.token)
        first = _preview(ticked, suggest=True)
        turns = [(_preview(ticked, suggest=False), _preview(ticked, suggest=True)) for _ in range(rounds)]
    without, with_them = (median(turn[side] for turn in turns) for side in (0, 1))
    return {"first": first, "without": without, "with": with_them, "ratio": with_them / without}


def _fill_companies(engine: Engine, names: Sequence[str]) -> None:
    metadata.create_all(engine)
    rows = [dict(zip(TEXTS, (name, *record(n)[1:]), strict=True)) for n, name in enumerate(names)]
    with engine.begin() as tx:
        tx.execute(insert(company), rows)


def _preview(ticked: ours.Ticked, *, suggest: bool) -> float:
    chosen = ImportSettings(company=DuplicateSettings("vat_number", Action.REPLACE), suggest=suggest)
    settings.save(ticked.rooms, ours.ADMIN, ticked.token, chosen)
    before = perf_counter()
    preview.start(ticked.rooms, ticked.jobs, ours.ADMIN, ticked.token)
    return perf_counter() - before


def _page(
    found: Mapping[tuple[str, str], Mapping[str, float]], planned: Mapping[str, Mapping[str, float]], sizes: Sizes
) -> Iterator[str]:
    about = _about()
    yield "| records, database | true one a candidate | candidates each | true one shown | best shown is true |"
    yield "|---|---|---|---|---|"
    for (name, database), one in found.items():
        shares = (one["recall_candidates"], one["recall_shown"], one["precision_best"])
        among, shown, best = (f"{share:.4f}" for share in shares)
        yield f"| {name}, {database} | {among} | {one['candidates']:.1f} | {shown} | {best} |"
    yield ""
    yield "| records, database | all shown are true | records/s | candidates/s | beside WRatio | keys, made once |"
    yield "|---|---|---|---|---|---|"
    for (name, database), one in found.items():
        speed = f"{one['records_per_second']:,.0f} | {one['candidates_per_second']:,.0f}"
        times = f"{one['times_all_pairs']:,.0f} times as fast"
        yield f"| {name}, {database} | {one['precision_all']:.4f} | {speed} | {times} | {one['index_seconds']:.1f} s |"
    yield ""
    yield f"| {sizes.actors:,} new companies, {sizes.crm:,} in the CRM | without | with | ratio | first time |"
    yield "|---|---|---|---|---|"
    for database, one in planned.items():
        yield (
            f"| {database} | {one['without']:.1f} s | {one['with']:.1f} s | {one['ratio']:.2f} | {one['first']:.1f} s |"
        )
    yield ""
    yield f"Python {about['python']}, rapidfuzz {about['rapidfuzz']}, {about['cpus']} CPUs ({about['machine']})."


def _about() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "rapidfuzz": version("rapidfuzz"),
        "recordlinkage": version("recordlinkage"),
        "sqlalchemy": version("SQLAlchemy"),
        "machine": platform.machine(),
        "cpus": os.cpu_count(),
    }


def _write(path: Path, page: str) -> None:
    begin, end = _MARKS
    before, rest = path.read_text(encoding="utf-8").split(begin)
    after = rest.split(end)[1]
    path.write_text(f"{before}{begin}\n\n{page}\n\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
