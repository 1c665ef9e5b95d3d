"""The JSON of every command, as ``docs/cli.md`` describes it. Keys are added, never renamed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from erp_import_plugin.connector_api import ConfigField
from erp_import_plugin.engine.changes import EntityChange, FieldChange, NewItem, RowCompany
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.engine.reasons import Reason
from erp_import_plugin.engine.repeating import Repeat
from erp_import_plugin.engine.results import Accounts
from erp_import_plugin.host_api import CrmSchema, EntityKind
from erp_import_plugin.jobs import JobView
from erp_import_plugin.store.connections import ConnectionTest
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.outcomes import ResultRow
from erp_import_plugin.store.plan import PlanLine
from erp_import_plugin.store.searches import Result
from erp_import_plugin.translations import say
from erp_import_plugin.web.reasons import sentence
from erp_import_plugin.workflow.audit import Entry
from erp_import_plugin.workflow.connections import ConnectionLine, Connectors
from erp_import_plugin.workflow.findings import Finding, Level
from erp_import_plugin.workflow.imports import ImportLine
from erp_import_plugin.workflow.rereading import Reread
from erp_import_plugin.workflow.results import SelectionLink
from erp_import_plugin.workflow.saved_lines import SavedLine
from erp_import_plugin.workflow.search import SearchResults

Data = dict[str, Any]

_COUNTED = ("new", "changed", "same", "gone", "outside", "everything", "cut")


def connectors(found: Connectors) -> Data:
    """Of ``connectors``."""
    loaded = [
        {
            "key": one.key,
            "name": one.name,
            "description": one.description,
            "distribution": one.distribution,
            "version": one.version,
            "fields": [_config_field(field) for field in one.config_fields],
        }
        for one in found.loaded
    ]
    broken = [asdict(one) | {"reason": say(one.reason)} for one in found.broken]
    return {"connectors": loaded, "broken": broken}


def connection(line: ConnectionLine) -> Data:
    """One of ``connections``."""
    return {
        "id": line.id,
        "name": line.name,
        "description": line.description,
        "connector": line.connector_name,
        "active": line.active,
        "everyone": line.everyone,
        "users": sorted(line.users),
        "groups": sorted(line.groups),
        "problem": say(line.problem),
        "test": line.test and _test(line.test),
    }


def _test(test: ConnectionTest) -> Data:
    said = {"ok": test.ok, "message": say(test.message), "field": test.field or None, "outdated": test.outdated}
    return {"at": _plain(test.at), **said}


def audit_entry(entry: Entry) -> Data:
    """One of ``audit``."""
    return asdict(entry) | {"at": _plain(entry.at)}


def mapping(mapped: ActorMapping) -> Data:
    """One of ``mappings``."""
    fields = [
        {
            "key": one.erp.key,
            "label": one.erp.label,
            "type": one.erp.type.value,
            "list": one.erp.list_name,
            "crm_field": one.crm_field,
            "import": one.imports,
            "show_in_search": one.show_in_search,
            "rank": one.order,
            "gone": one.gone,
        }
        for one in mapped.fields
    ]
    kind = {"type": mapped.actor_type.value, "kind": mapped.kind.value, "import": mapped.active}
    return {
        **kind,
        "fields": fields,
        "defaults": {key: _plain(value) for key, value in mapped.defaults.items()},
        "ask": sorted(mapped.ask),
    }


def reread(connection_name: str, changes: Iterable[Reread], complaints: Iterable[str]) -> Data:
    """Of ``discover``."""
    types = [{"type": one.actor_type.value, "new": one.new, "gone": one.gone} for one in changes]
    return {"connection": connection_name, "types": types, "complaints": [say(one) for one in complaints]}


def search(connection_name: str, results: SearchResults, rows: Iterable[Result], *, cut: bool) -> Data:
    """Of ``search``."""
    keys = [column.key for column in results.columns]
    return {
        "connection": connection_name,
        "type": results.search.actor_type.value,
        "columns": [{"key": one.key, "label": one.label, "type": one.type.value} for one in results.columns],
        "rows": [
            {"key": row.key, "values": dict(zip(keys, row.cells, strict=False)), "entity_id": row.entity_id}
            for row in rows
        ],
        "found": results.found,
        "read": results.read,
        "total": results.total,
        "cut": cut,
    }


def accounts(counted: Accounts | None) -> Data | None:
    """The accounts; ``read`` is the sum of the others."""
    return None if counted is None else asdict(counted)


def plan_row(line: PlanLine, schema: CrmSchema) -> Data:
    """A row of the plan."""
    row = line.planned
    return {
        "row": row.row,
        "kind": row.kind.value,
        "label": row.label,
        "status": row.status.value,
        "ticked": line.ticked,
        "reason": _reason(row.reason, row.kind, schema),
        "match": {"how": row.match.how, "entities": list(row.match.entities), "chosen": row.match.chosen},
        "similar": [asdict(one) for one in row.similar],
        "changes": [_change(change) for change in row.changes],
        "kept": [
            {"field": one.field, "crm": _plain(one.crm), "erp": _plain(one.erp), "setting": one.setting}
            for one in row.kept
        ],
        "problems": [
            {"field": one.field, "value": one.value, "reason": _reason(one.reason, row.kind, schema)}
            for one in row.problems
        ],
    }


def result_row(row: ResultRow, schema: CrmSchema) -> Data:
    """A row of the result."""
    return {
        "row": row.row,
        "kind": row.kind.value,
        "label": row.label,
        "status": row.status.value,
        "reason": _reason(row.reason, row.kind, schema),
        "entity_id": row.entity_id,
        "company_id": row.company_id,
    }


def selection(link: SelectionLink) -> Data:
    """A selection of the result."""
    return {"kind": link.kind.value, "result": link.result.value, "url": link.url}


def run(line: ImportLine) -> Data:
    """One of ``runs``."""
    return {**_import(line.import_), "connection": line.connection_name, "staged": line.staged, "job": _job(line.job)}


def repeat(found: Repeat) -> Data:
    """What a saved import found in the ERP against what it imported last."""
    counted = {key: value for key, value in asdict(found).items() if key in _COUNTED}
    return {"since": _plain(found.since), **counted}


def saved_import(line: SavedLine) -> Data:
    """One of ``saved``."""
    saved, last = line.saved, line.last
    return {
        "id": saved.id,
        "name": saved.name,
        "connection": line.connection_name,
        "type": saved.what.actor_type.value,
        "owner": {"id": saved.owner_id, "name": saved.owner_name},
        "shared": saved.shared,
        "problem": say(line.problem),
        "ran_at": _plain(saved.ran_at),
        "last": repeat(last.repeat) if last and last.repeat.complete else None,
    }


def new_item(item: NewItem, rows: int) -> Data:
    """A list item that the import adds."""
    return {"list": item.list_name, "label": item.label, "rows": rows}


def findings(worst: Level, found: Iterable[Finding]) -> Data:
    """Of ``doctor``."""
    return {"worst": worst.value, "findings": [asdict(one) | {"level": one.level.value} for one in found]}


def _import(one: Import) -> Data:
    return {
        "import": one.token,
        "type": one.actor_type.value,
        "state": one.state.value,
        "owner": {"id": one.owner_id, "name": one.owner_name},
        "accounts": accounts(one.accounts),
        "created_at": _plain(one.created_at),
        "planned_at": _plain(one.planned_at),
        "started_at": _plain(one.started_at),
        "ended_at": _plain(one.ended_at),
    }


def _job(job: JobView | None) -> Data | None:
    if job is None:
        return None
    return {"kind": job.kind, "state": job.state, "done": job.done, "total": job.total, "note": say(job.note)}


def _config_field(field: ConfigField) -> Data:
    return {
        "key": field.key,
        "label": field.label,
        "type": field.type.value,
        "mandatory": field.mandatory,
        "default": _plain(field.default),
        "choices": [{"key": choice.key, "label": choice.label} for choice in field.choices],
    }


def _reason(reason: Reason | None, kind: EntityKind, schema: CrmSchema) -> Data | None:
    if reason is None:
        return None
    return {"code": reason.code.value, "text": sentence(reason, kind, schema), "setting": reason.setting or None}


def _change(change: EntityChange) -> Data:
    return {
        "kind": change.kind.value,
        "entity_id": change.entity_id,
        "fields": [_field(field) for field in change.fields],
    }


def _field(field: FieldChange) -> Data:
    return {
        "field": field.field,
        "old": _plain(field.old),
        "new": _plain(field.new),
        "cleared": field.cleared,
        "ticked": field.ticked,
    }


def _plain(value: object) -> Any:
    """A value as JSON has it: dates in ISO form, decimals as texts, so that no digit is lost."""
    if isinstance(value, NewItem):
        return {"new_item": value.label, "list": value.list_name}
    if isinstance(value, RowCompany):
        return {"company_of_row": value.row}
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (tuple, list)):
        return [_plain(one) for one in value]
    return str(value) if isinstance(value, Decimal) else value
