"""The settings of an import in words, as its history tells them."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from erp_import_plugin.engine.rules import RULES as ALL_RULES
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings
from erp_import_plugin.host_api import CrmSchema, EntityKind
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.web import here
from erp_import_plugin.web.display import crm_texts
from erp_import_plugin.web.reasons import field_label
from erp_import_plugin.web.setting_texts import (
    ACTIONS,
    CHANNEL_POLICIES,
    EMPTY_VALUES,
    LIST_POLICIES,
    NO_COMPANIES,
    RULES,
    setting_label,
)
from erp_import_plugin.workflow import defaults


def words(settings: ImportSettings, kinds: Collection[EntityKind], schema: CrmSchema) -> list[tuple[str, str]]:
    """Each setting that mattered to entities of these kinds: what it is called, and what was chosen."""
    said = [one for kind in EntityKind if kind in kinds for one in _of_kind(kind, settings.of(kind), schema)]
    if EntityKind.PERSON in kinds:
        said.append((setting_label("no_company", schema), str(NO_COMPANIES[settings.no_company][0])))
        said.append((setting_label("fetch_parents", schema), _("yes") if settings.fetch_parents else _("no")))
    lists = ((setting_label(f"lists.{name}", schema), str(LIST_POLICIES[one])) for name, one in settings.lists.items())
    said += sorted(lists)
    said.append((setting_label("phones", schema), str(CHANNEL_POLICIES[settings.phones][0])))
    said.append((setting_label("web", schema), str(CHANNEL_POLICIES[settings.web][0])))
    said.append((setting_label("suggest", schema), _("yes") if settings.suggest else _("no")))
    said += _defaults(settings, kinds, schema)
    if settings.left_out:
        said.append(
            (_("Fields that are left out"), ", ".join(_field(name, schema) for name in sorted(settings.left_out)))
        )
    return said


def _of_kind(kind: EntityKind, chosen: DuplicateSettings, schema: CrmSchema) -> Iterator[tuple[str, str]]:
    def label(part: str) -> str:
        return setting_label(f"{kind.value}.{part}", schema)

    if chosen.match is None:
        return
    yield label("match"), str(RULES[kind].get(chosen.match, chosen.match))
    if chosen.match not in ALL_RULES[kind]:
        return
    yield label("action"), str(ACTIONS[chosen.action][0])
    if Action.REPLACE in (chosen.action, chosen.linked):
        yield label("empty"), str(EMPTY_VALUES[chosen.empty][0])
    if chosen.linked is not None:
        yield label("linked"), str(ACTIONS[chosen.linked][0])


def _defaults(settings: ImportSettings, kinds: Collection[EntityKind], schema: CrmSchema) -> Iterator[tuple[str, str]]:
    """What was answered where a default was asked for."""
    labels = defaults.labels(here.rooms(), here.user(), settings.defaults)
    for kind in (one for one in EntityKind if one in kinds):
        entity = schema.entities.get(kind)
        for key, field in (entity.fields if entity else {}).items():
            name = f"{kind.value}.{key}"
            if name in settings.defaults:
                texts = crm_texts(field, settings.defaults[name], labels)
                yield setting_label(f"defaults.{name}", schema), ", ".join(texts) or _("No default")


def _field(name: str, schema: CrmSchema) -> str:
    kind, _dot, key = name.partition(".")
    return field_label(schema, EntityKind(kind), key) if kind in {one.value for one in EntityKind} else name
