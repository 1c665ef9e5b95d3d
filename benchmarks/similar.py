"""Records that are nearly the same: what is found, what is shown, how fast, and how much longer a preview takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from time import perf_counter

from rapidfuzz import fuzz, process
from sqlalchemy import Engine

from benchmarks import ours
from benchmarks.cases import Bar, Case, Figures, Measured, table
from benchmarks.drivers import insert
from benchmarks.records import Pairs, Record, companies, company_names, persons, text_of
from benchmarks.records import fill as fill_records
from benchmarks.workload import TEXTS, metadata, record
from erp_import_plugin.engine.changes import Similar
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings
from erp_import_plugin.store import migrate
from erp_import_plugin.store.transactions import writing
from erp_import_plugin.workflow import preview, settings, similar, staging

TITLE = "Similar records"
TEXT = """\
FEBRL 4 is 5,000 invented persons, and each once more with errors of the kind people make; the number of the person is
not used. The company names are invented: some with typos against twice as many. A record is found when its other self
is among the candidates, which are all that is compared; shown is what scores 75 or more. *Beside WRatio* is how many
times as fast it is as comparing each record with all by rapidfuzz's `WRatio`. *Keys, made once* is for the whole CRM;
afterwards only those of records that changed are made again. The last table is a preview of companies that are all new.
A name with two typos is found by its consonants, or by what else is known: VAT number, postal code, e-mail address,
phone. On names alone that is half of them."""

_CHUNK = 1000
_PERSONS, _ONE, _TWO = "FEBRL 4", "company names, one typo", "company names, two typos"
_PREVIEW = "preview of new companies"
_SIZES = {
    "tiny": {"existing": 200, "incoming": 100, "sample": 10, "crm": 200, "actors": 100},
    "short": {"existing": 2_000, "incoming": 1_000, "sample": 50, "crm": 2_000, "actors": 1_000},
    "full": {"existing": 10_000, "incoming": 5_000, "sample": 200, "crm": 20_000, "actors": 10_000},
}


def cases(size: str, databases: Sequence[str]) -> Iterator[Case]:
    """What is found in three sorts of records, then the preview; each begins with an empty database."""
    for database in databases:
        for side in (_PERSONS, _ONE, _TWO):
            yield Case("similar", side, database, 1, _SIZES[size], "nothing")
        yield Case("similar", _PREVIEW, database, 3, _SIZES[size], "nothing")


def fill(engine: Engine, case: Case) -> None:
    """The CRM is made of what is measured."""


def measure(engine: Engine, case: Case) -> Figures:
    """What is found and shown of one sort of records, or what a preview costs."""
    numbers = case.numbers
    if case.side == _PREVIEW:
        return _planned(engine, numbers["crm"], numbers["actors"])
    if case.side == _PERSONS:
        return _found(engine, persons(), numbers["sample"])
    pairs = companies(numbers["existing"], numbers["incoming"], 1 if case.side == _ONE else 2)
    return _found(engine, pairs, numbers["sample"])


def page(measured: Measured) -> Iterator[str]:
    """Quality, speed, and the preview."""
    sorts = [
        (database, side, {name: measured.median(database, side, name) for name in measured.names(database, side)})
        for database in measured.databases
        for side in measured.sides(database)
    ]
    found = [one for one in sorts if one[1] != _PREVIEW]
    quality = ("records", "true one a candidate", "candidates each", "true one shown", "best shown is true")
    rows: list[tuple[str, ...]] = [
        (
            f"{side}, {database}",
            f"{of['recall_candidates']:.4f}",
            f"{of['candidates']:.1f}",
            f"{of['recall_shown']:.4f}",
            f"{of['precision_best']:.4f}",
        )
        for database, side, of in found
    ]
    yield from table(quality, rows)
    speed = ("records", "all shown are true", "records/s", "candidates/s", "beside WRatio", "keys, made once")
    rows = [
        (
            f"{side}, {database}",
            f"{of['precision_all']:.4f}",
            f"{of['records_per_second']:,.0f}",
            f"{of['candidates_per_second']:,.0f}",
            f"{of['times_all_pairs']:,.0f} times as fast",
            f"{of['index_seconds']:.1f} s",
        )
        for database, side, of in found
    ]
    yield from table(speed, rows)
    names = ("without", "with", "ratio", "first")
    rows = [(database, *(f"{of[name]:.2f}" for name in names)) for database, side, of in sorts if side == _PREVIEW]
    yield from table((_PREVIEW, "seconds without", "seconds with", "ratio", "seconds, first time"), rows)


def bars(measured: Measured) -> Iterator[Bar]:
    """The true one is found, and by far faster than by comparing all with all."""
    for database in measured.databases:
        for side in (_PERSONS, _ONE):
            if measured.has(database, side):
                recall = measured.median(database, side, "recall_candidates")
                goal = f"suggestions, {side}, {database}: the true one among the candidates"
                yield Bar(goal, "in at least 0.98 of cases", f"{recall:.4f}", recall >= 0.98)


def _found(engine: Engine, pairs: Pairs, sample: int) -> Figures:
    migrate.upgrade(engine)
    crm = fill_records(engine, pairs)
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
        "times_all_pairs": rate / _all_pairs(pairs, sample),
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


def _planned(engine: Engine, existing: int, incoming: int) -> Figures:
    """Seconds of a preview of new companies without suggestions and with them, and the first time with them."""
    names = company_names(existing + incoming)
    metadata.create_all(engine)
    with engine.begin() as tx:
        insert(tx, "company", TEXTS, ((name, *record(n)[1:]) for n, name in enumerate(names[:existing])))
    ticked = ours.prepare(engine, _New(names[existing:], existing))
    staging.add(ticked.rooms, ticked.jobs, ours.ADMIN, ticked.token)
    first = _preview(ticked, suggest=True)
    without, with_them = (_preview(ticked, suggest=suggest) for suggest in (False, True))
    return {"first": first, "without": without, "with": with_them, "ratio": with_them / without}


def _preview(ticked: ours.Ticked, *, suggest: bool) -> float:
    chosen = ImportSettings(company=DuplicateSettings("vat_number", Action.REPLACE), suggest=suggest)
    settings.save(ticked.rooms, ours.ADMIN, ticked.token, chosen)
    before = perf_counter()
    preview.start(ticked.rooms, ticked.jobs, ours.ADMIN, ticked.token)
    return perf_counter() - before
