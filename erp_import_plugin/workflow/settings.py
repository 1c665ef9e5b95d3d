"""Configure import settings: what can be chosen, what was chosen, and whether it can be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection as Transaction

from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.engine.mapping import ActorMapping
from erp_import_plugin.engine.rules import RULES, Rule
from erp_import_plugin.engine.settings import (
    NO_CONTACTS,
    ImportSettings,
    ListPolicy,
    NoCompany,
)
from erp_import_plugin.errors import Sentence
from erp_import_plugin.host_api import CrmListItem, CrmSchema, CrmType, EntityKind, User
from erp_import_plugin.store import connections as connection_store
from erp_import_plugin.store import imports as import_store
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store import presets as preset_store
from erp_import_plugin.store import staged_pages
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.store.presets import Preset
from erp_import_plugin.store.transactions import reading, writing
from erp_import_plugin.workflow import access, asked_defaults, working
from erp_import_plugin.workflow.imports import open_unwritten
from erp_import_plugin.workflow.rooms import Rooms
from erp_import_plugin.workflow.settings_checks import check
from erp_import_plugin.workflow.settings_fit import fitted
from erp_import_plugin.workflow.settings_form import (
    AppliedPreset,
    KindForm,
    ListForm,
    PersonForm,
    RuleChoice,
    SettingsForm,
)
from erp_import_plugin.workflow.settings_text import from_mapping

__all__ = ["KindForm", "ListForm", "PersonForm", "RuleChoice", "SettingsForm", "form", "from_mapping", "save"]


RULE_LABELS: Mapping[str, Sentence] = {
    "name": Sentence("Name"),
    "name_department": Sentence("Name and department"),
    "number": Sentence("Number"),
    "code": Sentence("Code"),
    "vat_number": Sentence("VAT number"),
    "id": Sentence("ID"),
    "email": Sentence("Email address"),
    "mobile": Sentence("Mobile phone"),
    NO_CONTACTS: Sentence("None \N{EN DASH} do not import contacts"),
}
_CONSENT_SOURCE = "import"  # mission S5: the default consent source is the item of this name


def form(rooms: Rooms, user: User, token: str) -> SettingsForm:
    """The settings of an import: its own, else the user's last for this connection, else those of their default preset.

    Raises NotFound.
    """
    access.check_user(rooms, user)
    with reading(rooms.engine) as tx:
        found = access.open_import(tx, rooms, user, token)
        last = found.settings or import_store.last_settings(tx, user.id, found.connection_id)
        default = preset_store.default_of(tx, user.id) if last is None else None
        if default is not None:
            return fit(tx, rooms, found, default, ImportSettings())
        return _Page(tx, rooms, found).form(last or ImportSettings())


def save(rooms: Rooms, user: User, token: str, settings: ImportSettings) -> None:
    """Keep the settings; if they are other than before, the preview has to be made anew.

    Raises:
        Invalid: by "company.match", "person.match", "project.match", "person.no_company", "lists.NAME",
            "legal_basis", "consent_source", "defaults.company.FIELD".
        NotFound, Refused: there is no such import, it has been started, or work on it is under way.
    """
    access.check_user(rooms, user)
    access.check_sync(rooms)
    working.refuse_while_working(rooms, token, working.FETCH)
    with writing(rooms.engine) as tx:
        found = open_unwritten(tx, rooms, user, token)
        settings = complete(tx, rooms, found, settings)
        if settings != found.settings:
            import_store.save_settings(tx, found.id, settings)
            if found.state is ImportState.PLANNED:
                import_store.set_state(tx, found.id, ImportState.STAGING, planned_at=None)


def fit(tx: Transaction, rooms: Rooms, imported: Import, preset: Preset, own: ImportSettings) -> SettingsForm:
    """The settings of an import as a preset has them; ``own`` stays where one of those does not fit, and it is told."""
    page = _Page(tx, rooms, imported)
    chosen, misfits = fitted(page.form, page.list_labels(), preset.settings, own)
    return replace(page.form(chosen), applied=AppliedPreset(preset.id, preset.name, misfits))


def complete(tx: Transaction, rooms: Rooms, imported: Import, settings: ImportSettings) -> ImportSettings:
    """The settings with all that is chosen by itself, for what is staged. Raises Invalid as :func:`save` does."""
    page = _Page(tx, rooms, imported)
    shown = page.form(settings)
    check(shown, page.list_labels())
    return replace(shown.settings, defaults=asked_defaults.values(shown.asked))


class _Page:
    """What is staged, mapped and there in the CRM, for one import."""

    def __init__(self, tx: Transaction, rooms: Rooms, imported: Import) -> None:
        self._tx = tx
        self._crm = rooms.host.crm
        self._import = imported
        self._schema: CrmSchema = self._crm.schema()
        mappings = mapping_store.of(tx, imported.connection_id)
        self._staged = staged_pages.types_of(tx, imported)
        self._mappings = _used(mappings, self._staged)

    def form(self, settings: ImportSettings) -> SettingsForm:
        connection = connection_store.get(self._tx, self._import.connection_id)
        types = self._mapped_types()
        lists = tuple(self._list(name, settings) for name in self._list_names())
        kinds = tuple(self._kind(kind, settings) for kind in self._kinds())
        persons = EntityKind.PERSON in {kind.kind for kind in kinds}
        return SettingsForm(
            import_=self._import,
            connection_name=connection.name if connection else "",
            kinds=kinds,
            lists=lists,
            phones=settings.phones if CrmType.PHONE in types else None,
            web=settings.web if types & {CrmType.EMAIL, CrmType.URL} else None,
            persons=self._persons(settings) if persons else None,
            asked=asked_defaults.asked(self._tx, self._crm, self._schema, self._mappings.values(), settings),
            settings=self._complete(settings, lists, persons=persons),
        )

    def _complete(self, settings: ImportSettings, lists: tuple[ListForm, ...], *, persons: bool) -> ImportSettings:
        policies = {**settings.lists, **{one.name: one.policy for one in lists}}
        if not persons:
            return replace(settings, lists=policies)
        return replace(
            settings,
            lists=policies,
            legal_basis=self._item("legal_basis", settings.legal_basis),
            consent_source=self._item("consent_source", settings.consent_source or _CONSENT_SOURCE),
        )

    def list_labels(self) -> dict[str, str]:
        """The labels of all lists of the CRM."""
        return {name: crm_list.label for name, crm_list in self._schema.lists.items()}

    def _kinds(self) -> list[EntityKind]:
        used = {mapping.kind for mapping in self._mappings.values()}
        return [kind for kind in EntityKind if kind in used and kind in self._schema.entities]

    def _kind(self, kind: EntityKind, settings: ImportSettings) -> KindForm:
        chosen = settings.of(kind)
        rules = [self._rule(kind, rule) for rule in RULES[kind].values()]
        if kind is EntityKind.PERSON:
            rules.append(RuleChoice(NO_CONTACTS, RULE_LABELS[NO_CONTACTS], True, ()))
        return KindForm(
            kind=kind,
            label=self._schema.entities[kind].label,
            staged=sum(self._staged.get(one, 0) for one, mapping in self._mappings.items() if mapping.kind is kind),
            rules=tuple(rules),
            settings=chosen,
        )

    def _rule(self, kind: EntityKind, rule: Rule) -> RuleChoice:
        mappings = [mapping for mapping in self._mappings.values() if mapping.kind is kind]
        fields = self._schema.entities[kind].fields
        absent = [
            key for key in rule.fields if key not in fields or not all(mapping.maps([key]) for mapping in mappings)
        ]
        if rule.any_of and len(absent) < len(rule.fields):
            absent = []
        labels = tuple(fields[key].label if key in fields else key for key in absent)
        return RuleChoice(rule.name, RULE_LABELS[rule.name], not absent, labels)

    def _mapped_fields(self) -> list[tuple[EntityKind, str]]:
        return [
            (mapping.kind, field.crm_field)
            for mapping in self._mappings.values()
            for field in mapping.imported()
            if field.crm_field
        ]

    def _mapped_types(self) -> set[CrmType]:
        entities = self._schema.entities
        return {
            entities[kind].fields[key].type
            for kind, key in self._mapped_fields()
            if kind in entities and key in entities[kind].fields
        }

    def _list_names(self) -> list[str]:
        entities = self._schema.entities
        fields = (entities[kind].fields.get(key) for kind, key in self._mapped_fields() if kind in entities)
        used = {field.list_name for field in fields if field and field.list_name}
        return [name for name in self._schema.lists if name in used]

    def _list(self, name: str, settings: ImportSettings) -> ListForm:
        crm_list = self._schema.lists[name]
        has_default = crm_list.default is not None
        unchosen = ListPolicy.DEFAULT if has_default else ListPolicy.BLANK
        return ListForm(name, crm_list.label, has_default, settings.lists.get(name, unchosen))

    def _persons(self, settings: ImportSettings) -> PersonForm:
        mandatory = self._crm.preferences(self._tx).mandatory_company_on_contact
        choices = tuple(one for one in NoCompany if not (mandatory and one is NoCompany.WITHOUT))
        return PersonForm(
            no_company=choices,
            mandatory_company=mandatory,
            fetch_parents=settings.fetch_parents,
            legal_bases=self._items("legal_basis"),
            consent_sources=self._items("consent_source"),
        )

    def _items(self, field: str) -> tuple[CrmListItem, ...]:
        name = self._list_of(field)
        return tuple(self._crm.list_items(self._tx, name)) if name else ()

    def _item(self, field: str, chosen: str | None) -> str | None:
        """The id of the chosen item, which may be named by its label; the list's default where none is chosen."""
        items = self._items(field)
        crm_list = self._schema.lists.get(self._list_of(field) or "")
        default = crm_list.default if crm_list else None
        if chosen is None or any(item.id == chosen for item in items):
            return chosen or default
        of_name = next((item.id for item in items if item.label.casefold() == chosen.casefold()), None)
        return of_name or (default if chosen == _CONSENT_SOURCE else chosen)

    def _list_of(self, field: str) -> str | None:
        person = self._schema.entities.get(EntityKind.PERSON)
        found = person.fields.get(field) if person else None
        return found.list_name if found else None


def _used(mappings: Mapping[ActorType, ActorMapping], staged: Mapping[ActorType, int]) -> dict[ActorType, ActorMapping]:
    """The mappings of what is staged; with contacts or projects those of the companies they may belong to as well."""
    own = {one: mapping for one, mapping in mappings.items() if mapping.active and staged.get(one)}
    if not any(mapping.kind is EntityKind.COMPANY for mapping in own.values()) and own:
        companies = {one: mapping for one, mapping in mappings.items() if mapping.kind is EntityKind.COMPANY}
        own |= {one: mapping for one, mapping in companies.items() if mapping.active}
    return own
