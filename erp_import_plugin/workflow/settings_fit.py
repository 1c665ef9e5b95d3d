"""Settings that were made elsewhere, as far as they fit this import."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from erp_import_plugin.engine.settings import DuplicateSettings, ImportSettings
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.workflow.settings_checks import problems
from erp_import_plugin.workflow.settings_form import SettingsForm


def fitted(
    page: Callable[[ImportSettings], SettingsForm], lists: Collection[str], given: ImportSettings, own: ImportSettings
) -> tuple[ImportSettings, Mapping[str, str]]:
    """The given settings, with the page's ``own`` value wherever one does not fit, and why, by the setting's key.

    ``lists`` are all of the CRM. Fields that are left out stay the import's own: the page does not show them.
    """
    wanted = replace(given, left_out=own.left_out, defaults={**own.defaults, **given.defaults})
    misfits = problems(page(wanted), lists)
    for key in misfits:
        wanted = _with_own(wanted, own, key)
    silent = {f"{kind.value}.match" for kind in EntityKind if given.of(kind).match is None}
    return wanted, {key: text for key, text in misfits.items() if key not in silent}


def _with_own(wanted: ImportSettings, own: ImportSettings, key: str) -> ImportSettings:
    """The settings with the own value of one that does not fit."""
    of, _dot, part = key.partition(".")
    if of == "lists":
        kept = {part: own.lists[part]} if part in own.lists else {}
        return replace(wanted, lists={name: one for name, one in wanted.lists.items() if name != part} | kept)
    if of == "defaults":
        kept_value = {part: own.defaults[part]} if part in own.defaults else {}
        others = {name: one for name, one in wanted.defaults.items() if name != part}
        return replace(wanted, defaults=others | kept_value)
    if part == "match":
        match = own.of(EntityKind(of)).match
        changed: DuplicateSettings = replace(wanted.of(EntityKind(of)), match=match)
        return replace(wanted, **{of: changed})  # type: ignore[arg-type]
    name = part or of
    return replace(wanted, **{name: getattr(own, name)})
