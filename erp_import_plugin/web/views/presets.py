"""Presets: on the settings page, and their own list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web import here
from erp_import_plugin.web.answers import stay
from erp_import_plugin.web.forms import action
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.setting_texts import setting_label
from erp_import_plugin.workflow import presets
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.presets import PresetLine
from erp_import_plugin.workflow.settings_form import SettingsForm

APPLY, SAVE = "preset-apply", "preset-save"


@dataclass(frozen=True, slots=True)
class PresetPart:
    """The presets on the settings page: those there are, what was filled in, and what of one does not fit here."""

    lines: tuple[PresetLine, ...]
    chosen: str
    name: str
    shared: bool
    default: bool
    again: bool
    applied: str
    misfits: tuple[tuple[str, str], ...]


def pressed() -> str:
    """Which of our buttons on the settings page was pressed; Enter after the name of a preset saves it."""
    name, _target = action.pressed()
    return SAVE if not name and request.form.get("preset_name", "").strip() else name


def part(form: SettingsForm, *, saved: bool = False) -> PresetPart:
    """What the settings page shows of presets; what was typed of a new one is gone once it is ``saved``."""
    schema, applied = here.rooms().host.crm.schema(), form.applied
    typed = {} if saved else request.form
    return PresetPart(
        lines=presets.listed(here.rooms(), here.user()),
        chosen=str(applied.id) if applied else request.form.get("preset", ""),
        name=typed.get("preset_name", ""),
        shared=typed.get("preset_shared") == "yes",
        default=typed.get("preset_default") == "yes",
        again=typed.get("preset_again") == "yes",
        applied=applied.name if applied else "",
        misfits=tuple((setting_label(key, schema), say(text)) for key, text in applied.misfits.items())
        if applied
        else (),
    )


def apply(token: str, chosen: ImportSettings) -> SettingsForm:
    """The settings page as the chosen preset has it; ``chosen`` stays where it does not fit. Raises Invalid."""
    preset_id = _number(request.form.get("preset", ""))
    if preset_id is None:
        raise Invalid({"preset": _("Choose a preset first.")})
    return presets.apply(here.rooms(), here.user(), token, preset_id, chosen)


def save(token: str, chosen: ImportSettings) -> None:
    """Keep what is filled in as a preset. Raises Invalid."""
    presets.save(
        here.rooms(),
        here.user(),
        token,
        chosen,
        request.form.get("preset_name", ""),
        shared=_is_sent("preset_shared"),
        default=_is_sent("preset_default"),
        again=_is_sent("preset_again"),
    )
    flash(_("The settings are saved as a preset. Press Next to go on with this import."), "success")


def answer() -> str | Response | tuple[str, int]:
    """The list of presets; its buttons rename, share, make the default and delete."""
    if request.method != "POST":
        return _page()
    action.check()
    name, target = action.pressed()
    preset_id = _number(target)
    try:
        _act(name, preset_id)
    except Invalid as invalid:
        return _page(preset_id, invalid.errors), 422
    return stay(url_for(".presets"))


def _act(name: str, preset_id: int | None) -> None:
    rooms, user = here.rooms(), here.user()
    if name == "no-default":
        presets.make_default(rooms, user, None)
    elif preset_id is not None and name == "default":
        presets.make_default(rooms, user, preset_id)
    elif preset_id is not None and name == "delete":
        deleted = presets.delete(rooms, user, preset_id)
        flash(_("The preset “%(name)s” is deleted.", name=deleted), "success")
    elif preset_id is not None and name == "rename":
        sent = request.form.get(f"name-{preset_id}", "")
        presets.rename(rooms, user, preset_id, sent, shared=_is_sent(f"shared-{preset_id}"))


def _page(wrong: int | None = None, errors: Mapping[str, str] | None = None) -> str:
    error = say(errors["preset_name"]) if errors else ""
    return render(
        "presets",
        lines=presets.listed(here.rooms(), here.user()),
        wrong=wrong,
        error=error,
        sent=request.form,
        summary=[(f"name-{wrong}", _("Name"), error)] if error else [],
    )


def _is_sent(name: str) -> bool:
    return request.form.get(name) == "yes"


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
