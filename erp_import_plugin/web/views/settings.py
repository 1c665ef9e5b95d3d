"""Configure import settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.engine.settings import ImportSettings
from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.translations import say
from erp_import_plugin.web import here, setting_choices
from erp_import_plugin.web.answers import go
from erp_import_plugin.web.default_lines import Input, default_input, lost_text
from erp_import_plugin.web.failures import STALE
from erp_import_plugin.web.forms.action import ActionForm
from erp_import_plugin.web.forms.defaults import read_texts
from erp_import_plugin.web.forms.settings import default_name, read_settings
from erp_import_plugin.web.import_lines import continue_url, takes_actors
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.reasons import anchor
from erp_import_plugin.web.setting_texts import setting_label
from erp_import_plugin.web.steps import DETAILS, steps, tabs
from erp_import_plugin.web.texts import KINDS_PLURAL
from erp_import_plugin.web.views import presets
from erp_import_plugin.workflow import imports, preview, settings
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.settings_form import AskedDefault, SettingsForm


def answer(token: str) -> str | Response | tuple[str, int]:
    """The page; *Next* keeps what is chosen and has the preview made."""
    form = settings.form(here.rooms(), here.user(), token)
    if request.method != "POST":
        return _page(token, form) if takes_actors(form.import_) else go(continue_url(form.import_, 0))
    chosen = read_settings(request.form, form)
    form = _with(form, chosen)
    if not ActionForm().validate_on_submit():
        flash(str(STALE), "error")
        return _page(token, form), 400
    try:
        wanted = presets.pressed()
        if wanted == presets.APPLY:
            return _page(token, presets.apply(token, chosen))
        if wanted == presets.SAVE:
            presets.save(token, chosen)
            return _page(token, form, saved=True)
        settings.save(here.rooms(), here.user(), token, chosen)
    except Invalid as invalid:
        return _page(token, form, invalid.errors), 422
    if imports.get(here.rooms(), here.user(), token).import_.state is not ImportState.PLANNED:
        preview.start(here.rooms(), here.jobs(), here.user(), token)
    return go(url_for(".preview", token=token))


def _with(form: SettingsForm, chosen: ImportSettings) -> SettingsForm:
    """The form as it was filled in, so that nothing is lost when it is shown again."""
    return replace(
        form,
        settings=chosen,
        kinds=tuple(replace(kind, settings=chosen.of(kind.kind)) for kind in form.kinds),
        lists=tuple(replace(one, policy=chosen.list_policy(one.name)) for one in form.lists),
        phones=chosen.phones if form.phones else None,
        web=chosen.web if form.web else None,
        persons=replace(form.persons, fetch_parents=chosen.fetch_parents) if form.persons else None,
        asked=tuple(replace(one, texts=read_texts(request.form, default_name(one))) for one in form.asked),
    )


def _page(token: str, form: SettingsForm, errors: Mapping[str, str] | None = None, *, saved: bool = False) -> str:
    summary = imports.get(here.rooms(), here.user(), token)
    staged = sum(summary.staged.values())
    schema = here.rooms().host.crm.schema()
    errors = errors or {}
    return render(
        "settings",
        form=form,
        kinds=[setting_choices.kind_choices(kind) for kind in form.kinds],
        lists=[setting_choices.list_choices(one) for one in form.lists],
        channels=setting_choices.channel_choices(),
        no_company=setting_choices.no_company_choices(form.persons) if form.persons else (),
        errors={anchor(key): [say(text)] for key, text in errors.items()},
        summary=[(anchor(key), setting_label(key, schema), say(text)) for key, text in errors.items()],
        asked=[_asked(one, errors.get(f"defaults.{one.key}", "")) for one in form.asked],
        presets=presets.part(form, saved=saved),
        staged=staged,
        steps=steps(DETAILS, summary.import_, staged),
        tabs=tabs("settings", summary.import_, staged),
        token=token,
    )


def _asked(one: AskedDefault, error: str) -> Input:
    hint = lost_text() if one.lost else str(KINDS_PLURAL[one.kind])
    return default_input(default_name(one), one.crm, one.texts, one.items, hint=hint, error=error)
