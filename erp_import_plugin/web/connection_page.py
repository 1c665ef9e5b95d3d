"""The form of one connection: its fields, how its last test went, and what was refused."""

from __future__ import annotations

from collections.abc import Mapping

from erp_import_plugin.translations import gettext as _
from erp_import_plugin.translations import say
from erp_import_plugin.web.config_inputs import ConfigInput, config_inputs
from erp_import_plugin.web.connection_lines import state_mark, test_line
from erp_import_plugin.web.connection_tabs import CONNECTION, connection_tabs
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.scope import group_pick, scope_text, user_pick
from erp_import_plugin.web.setting_choices import Choice
from erp_import_plugin.web.sync_tabs import CONNECTIONS, sync_tabs
from erp_import_plugin.workflow.connection_form import ConnectionForm, Draft

_OWN = ("name", "description", "everyone")


def connection_page(
    form: ConnectionForm,
    typed: Draft | None = None,
    errors: Mapping[str, str] | None = None,
    *,
    find: str | None = None,
    overtaken: str = "",
) -> str:
    """The form with what is stored or, where it is shown again, with what was ``typed``.

    ``errors`` are by "name", "description", "everyone" or the key of a config field; ``find`` is what users are
    searched by; ``overtaken`` says that somebody else has changed what is stored.
    """
    stored = form.connection
    said = {key: say(text) for key, text in (errors or {}).items()}
    of_test = _fault(form) if typed is None else {}
    inputs = config_inputs(form, typed, said | of_test)
    shown = typed or Draft(stored.name, stored.description, stored.everyone, stored.users, stored.groups)
    return render(
        "connections_edit",
        connection=stored,
        loaded=form.loaded,
        typed=shown,
        inputs=inputs,
        errors={key: said.get(key, "") for key in _OWN},
        summary=_summary(inputs, said),
        groups=group_pick(shown.groups),
        users=user_pick(shown.users, find),
        test=test_line(stored.test),
        overtaken=overtaken,
        others=_others(form, shown, inputs) if overtaken else [],
        state=state_mark(stored.active, form.loaded is not None),
        scopes=[Choice("yes", _("Everyone who may import")), Choice("no", _("Only these users and groups"))],
        tabs=connection_tabs(CONNECTION, stored.id) if stored.id else sync_tabs(CONNECTIONS),
    )


def _fault(form: ConnectionForm) -> dict[str, str]:
    """What the last test said about one field."""
    test = form.connection.test
    return {test.field: say(test.message)} if test and test.field and not test.outdated else {}


def _summary(inputs: list[ConfigInput], said: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The id, label and error of each field at fault."""
    labels = {"name": _("Name"), "description": _("Description"), "everyone": _("Who may use it")}
    places = {one.key: (one.name, one.label) for one in inputs} | {key: (key, label) for key, label in labels.items()}
    return [(*places[key], text) for key, text in said.items()]


def _others(form: ConnectionForm, typed: Draft, inputs: list[ConfigInput]) -> list[tuple[str, str]]:
    """What is stored now and is not what was typed: label and value."""
    stored = form.connection
    pairs = [(_("Name"), typed.name, stored.name), (_("Description"), typed.description, stored.description)]
    other = [(label, now) for label, text, now in pairs if text.strip() != now]
    other += [(one.label, one.shown) for one in inputs if one.value != one.before]
    mine = (typed.everyone, typed.users, typed.groups)
    if mine != (stored.everyone, stored.users, stored.groups):
        other.append((_("Who may use it"), scope_text(stored.everyone, stored.users, stored.groups)))
    return other
