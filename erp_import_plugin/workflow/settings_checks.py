"""Whether import settings can be taken, against what there is to choose."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from erp_import_plugin.engine.settings import ImportSettings, ListPolicy
from erp_import_plugin.errors import Sentence
from erp_import_plugin.host_api import CrmListItem
from erp_import_plugin.workflow import asked_defaults
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.settings_form import KindForm, ListForm, PersonForm, RuleChoice, SettingsForm


def check(form: SettingsForm, lists: Collection[str]) -> None:
    """Raises :class:`Invalid` with the :func:`problems`."""
    errors = problems(form, lists)
    if errors:
        raise Invalid(errors)


def problems(form: SettingsForm, lists: Collection[str]) -> dict[str, str]:
    """What cannot be taken, by the keys that ``settings.save`` names. ``lists`` are all of the CRM."""
    return {**dict(_errors(form, form.settings)), **_unknown_lists(form.settings, lists)}


def _errors(form: SettingsForm, settings: ImportSettings) -> Iterator[tuple[str, str]]:
    for kind in form.kinds:
        if kind.staged or settings.fetch_parents:
            yield from _match_errors(kind)
    for one in form.lists:
        yield from _list_errors(one)
    if form.persons:
        yield from _person_errors(form.persons, settings)
    yield from asked_defaults.errors(form.asked)


def _unknown_lists(settings: ImportSettings, lists: Collection[str]) -> dict[str, str]:
    known = ", ".join(lists)
    return {
        f"lists.{name}": Sentence("The CRM has no list “%(name)s”. There are: %(known)s.", name=name, known=known)
        for name in settings.lists
        if name not in lists
    }


def _match_errors(kind: KindForm) -> Iterator[tuple[str, str]]:
    key = f"{kind.kind.value}.match"
    if kind.settings.match is None:
        yield key, Sentence("Choose how “%(kind)s” is recognised.", kind=kind.label)
        return
    rule = next((rule for rule in kind.rules if rule.name == kind.settings.match), None)
    if rule is None:
        yield key, Sentence("Choose one of the duplicate matches that are offered.")
    elif not rule.available:
        yield key, _unavailable(rule)


def _unavailable(rule: RuleChoice) -> Sentence:
    return Sentence(
        "“%(rule)s” cannot be used: no ERP field is mapped to %(fields)s.",
        rule=rule.label,
        fields=", ".join(rule.missing),
    )


def _list_errors(one: ListForm) -> Iterator[tuple[str, str]]:
    if one.policy is ListPolicy.DEFAULT and not one.has_default:
        yield f"lists.{one.name}", Sentence("“%(list)s” has no default item. Choose another rule.", list=one.label)


def _person_errors(persons: PersonForm, settings: ImportSettings) -> Iterator[tuple[str, str]]:
    if settings.no_company not in persons.no_company:
        yield "person.no_company", Sentence("Every contact must have a company here. Choose another rule.")
    for key, chosen, items in (
        ("legal_basis", settings.legal_basis, persons.legal_bases),
        ("consent_source", settings.consent_source, persons.consent_sources),
    ):
        if chosen is not None and not _among(chosen, items):
            yield key, Sentence("Choose one of the items that are offered.")


def _among(chosen: str, items: tuple[CrmListItem, ...]) -> bool:
    return any(item.id == chosen for item in items)
