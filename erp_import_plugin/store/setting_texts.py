"""Import settings, and what a run of a saved import found, as JSON texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from erp_import_plugin.engine.repeating import Repeat
from erp_import_plugin.engine.settings import (
    Action,
    ChannelPolicy,
    DuplicateSettings,
    EmptyValue,
    ImportSettings,
    ListPolicy,
    NoCompany,
)
from erp_import_plugin.store import codec


def settings_to_text(settings: ImportSettings) -> str:
    """Settings as JSON text."""
    return codec.dumps(asdict(settings) | {"left_out": sorted(settings.left_out)})


def settings_from_text(text: str) -> ImportSettings:
    """Settings again. Keys that this version does not know are left out."""
    data = codec.loads(text)
    for kind in ("company", "person", "project"):
        data[kind] = _duplicates(data.get(kind) or {})
    data["no_company"] = NoCompany(data["no_company"])
    data["lists"] = {name: ListPolicy(policy) for name, policy in data["lists"].items()}
    data["phones"], data["web"] = ChannelPolicy(data["phones"]), ChannelPolicy(data["web"])
    data["left_out"] = frozenset(data.get("left_out", ()))
    data["defaults"] = {name: codec.value(default) for name, default in data.get("defaults", {}).items()}
    known = {field.name for field in fields(ImportSettings)}
    return ImportSettings(**{key: value for key, value in data.items() if key in known})


def repeat_from_text(text: str) -> Repeat:
    """What :func:`save_repeat` was given, from its JSON text."""
    return Repeat(**{key: codec.value(value) for key, value in codec.loads(text).items()})


def _duplicates(data: Mapping[str, Any]) -> DuplicateSettings:
    return DuplicateSettings(
        match=data.get("match"),
        action=Action(data.get("action", Action.MERGE)),
        empty=EmptyValue(data.get("empty", EmptyValue.KEEP)),
        linked=Action(data["linked"]) if data.get("linked") else None,
    )
