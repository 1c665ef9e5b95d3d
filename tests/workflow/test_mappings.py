from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select

from erp_import_plugin.connector_api import ActorType, ErpField, FieldType, GiveUp
from erp_import_plugin.engine.mapping import ActorMapping, FieldMapping, Unfit
from erp_import_plugin.engine.results import Status
from erp_import_plugin.engine.settings import Action, DuplicateSettings, EmptyValue, ImportSettings
from erp_import_plugin.errors import NotFound
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store import mappings as mapping_store
from erp_import_plugin.store.crm import SqlAlchemyCrm
from erp_import_plugin.store.plan import PlanFilter
from erp_import_plugin.workflow import connections, importing, mappings, preview, rereading, settings
from erp_import_plugin.workflow.access import NotAllowed
from erp_import_plugin.workflow.erp import ErpFailed
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.mapping_edits import FieldChoice, FieldEdit
from erp_import_plugin.workflow.mappings import FieldLine, MappingPage, Show
from tests.support import databases, hosts
from tests.support.rooms import ADMIN, NOBODY, OTHER, House

everywhere = pytest.mark.parametrize("engine", databases.NAMES, indirect=True)

CUSTOMER = ActorType.CUSTOMER


@pytest.fixture
def connection(house: House) -> int:
    """A shop with two more fields than the usual ones, one of which the CRM knows under another name."""
    house.shop.fields[CUSTOMER] += (ErpField("DEPT", "Avdeling"), ErpField("x1", "Score", FieldType.DECIMAL))
    return house.connect()


def page(house: House, connection: int, **asked: object) -> MappingPage:
    return mappings.page(house.rooms, ADMIN, connection, CUSTOMER, **asked)  # type: ignore[arg-type]


def line(house: House, connection: int, key: str) -> FieldLine:
    (found,) = page(house, connection, only=[key]).lines.rows
    return found


def choice(house: House, connection: int, key: str) -> FieldChoice:
    return FieldChoice.of(line(house, connection, key).mapping)


def edit(house: House, connection: int, key: str, **changed: object) -> FieldEdit:
    seen = choice(house, connection, key)
    return FieldEdit(key, replace(seen, **changed), seen)  # type: ignore[arg-type]


def save(house: House, connection: int, *edits: FieldEdit, **more: object) -> bool:
    return mappings.save(house.rooms, ADMIN, connection, CUSTOMER, edits, **more)  # type: ignore[arg-type]


def refused(house: House, connection: int, *edits: FieldEdit) -> dict[str, str]:
    with pytest.raises(Invalid) as error:
        save(house, connection, *edits)
    return error.value.errors


def keep(house: House, connection: int, mapping: ActorMapping) -> None:
    with house.rooms.engine.begin() as tx:
        mapping_store.save(tx, connection, mapping)


def mapping_of(house: House, connection: int) -> ActorMapping:
    return mappings.of_connection(house.rooms, ADMIN, connection)[CUSTOMER]


@everywhere
def test_what_is_chosen_is_kept(house: House, connection: int) -> None:
    changed = edit(house, connection, "REVENUE", crm_field="revenue", show_in_search=True, rank="2")

    assert save(house, connection, changed, active=False)

    kept = line(house, connection, "REVENUE").mapping
    assert (kept.crm_field, kept.imports, kept.show_in_search, kept.order) == ("revenue", True, True, 2)
    assert not mapping_of(house, connection).active
    assert CUSTOMER not in connections.usable(house.rooms, ADMIN)[0].actor_types
    assert not save(house, connection, edit(house, connection, "REVENUE"))


def test_fields_stand_in_their_order_in_search_too(house: House, connection: int) -> None:
    before = [one.key for one in mappings.shown(mapping_of(house, connection))]
    save(house, connection, edit(house, connection, "EMAIL", rank="0"))
    mapping = mapping_of(house, connection)
    assert [one.key for one in mappings.shown(mapping)] == ["EMAIL", *(key for key in before if key != "EMAIL")]
    assert mappings.searchable(mapping)[0].key == "EMAIL"
    assert page(house, connection).lines.rows[0].mapping.erp.key == "EMAIL"


@pytest.mark.parametrize(
    ("key", "target", "said"),
    [
        ("SINCE", "revenue", "“Revenue” cannot hold the values of “Since”. Choose another CRM field."),
        ("BLOCKED", "name", "“Name” cannot hold the values of “Blocked”. Choose another CRM field."),
        ("SINCE", "nonsense", "Choose one of the CRM fields that are offered."),
        ("SINCE", "updated_by", "Choose one of the CRM fields that are offered."),
    ],
)
def test_a_crm_field_that_does_not_fit_is_refused(
    house: House, connection: int, key: str, target: str, said: str
) -> None:
    assert refused(house, connection, edit(house, connection, key, crm_field=target)) == {f"crm.{key}": said}


@pytest.mark.parametrize("rank", ["", "first", "1.5", "-1", "10000", "9" * 30])
def test_a_show_order_is_a_number(house: House, connection: int, rank: str) -> None:
    assert list(refused(house, connection, edit(house, connection, "NAME", rank=rank))) == ["rank.NAME"]


def test_a_field_with_one_value_gets_one_erp_field(house: House, connection: int) -> None:
    double = edit(house, connection, "DEPT", crm_field="name")
    said = "“Name” takes one value and gets it from “Name”. Choose another CRM field, or switch one off."
    assert refused(house, connection, double) == {"crm.DEPT": said}
    swapped = edit(house, connection, "NAME", crm_field="department")
    assert save(house, connection, double, swapped)
    assert save(house, connection, edit(house, connection, "NAME", active=False, crm_field="name"))
    back = refused(house, connection, edit(house, connection, "NAME", active=True))
    assert back == {"crm.NAME": said.replace("from “Name”", "from “Avdeling”")}


def test_a_field_with_several_values_takes_several_erp_fields(house: House, connection: int) -> None:
    assert save(house, connection, edit(house, connection, "DEPT", crm_field="email"))


def test_refused_edits_keep_nothing(house: House, connection: int) -> None:
    fine = edit(house, connection, "REVENUE", crm_field="revenue")
    refused(house, connection, fine, edit(house, connection, "SINCE", crm_field="name", rank="x"))
    assert line(house, connection, "REVENUE").mapping.crm_field is None


def test_a_suggestion_does_nothing_until_it_is_confirmed(house: House, connection: int) -> None:
    suggestion = line(house, connection, "DEPT").suggestion
    assert suggestion is not None
    assert (suggestion.crm_field, suggestion.name) == ("department", "Avdeling")
    assert not mapping_of(house, connection).maps(["department"])

    assert save(house, connection, confirm_all=True)

    assert mapping_of(house, connection).maps(["department", "score"])
    assert page(house, connection).counts[Show.SUGGESTED] == 0


def test_a_declined_suggestion_stays_away(house: House, connection: int) -> None:
    save(house, connection, replace(edit(house, connection, "DEPT"), declined=True))
    assert line(house, connection, "DEPT").suggestion is None
    connections.discover(house.rooms, ADMIN, connection)
    assert line(house, connection, "DEPT").suggestion is None


def test_pages_filter_and_search(house: House, connection: int) -> None:
    counts = page(house, connection).counts
    assert counts[Show.ALL] == counts[Show.MAPPED] + counts[Show.UNMAPPED] == 13
    first = page(house, connection)
    assert (len(first.lines.rows), first.lines.pages) == (10, 2)
    assert len(page(house, connection, number=2).lines.rows) == 3
    assert {one.mapping.erp.key for one in page(house, connection, show=Show.SUGGESTED).lines.rows} == {
        "DEPT",
        "x1",
        "REVENUE",
    }
    assert [one.mapping.erp.key for one in page(house, connection, text="avdel").lines.rows] == ["DEPT"]
    assert [one.mapping.erp.key for one in page(house, connection, text="VATNO").lines.rows] == ["VATNO"]


def test_what_the_crm_needs_and_does_not_get_is_named(house: House, connection: int) -> None:
    assert page(house, connection).lacking == ()
    save(house, connection, edit(house, connection, "NAME", active=False))
    assert [crm.key for crm in page(house, connection).lacking] == ["name"]


def test_someone_elses_change_is_not_lost(house: House, connection: int) -> None:
    mine = edit(house, connection, "DEPT", crm_field="department")
    untouched = edit(house, connection, "REVENUE")
    theirs = edit(house, connection, "DEPT", crm_field="note")
    mappings.save(
        house.rooms, OTHER, connection, CUSTOMER, [theirs, edit(house, connection, "REVENUE", crm_field="revenue")]
    )

    said = "Someone else changed this field meanwhile: its CRM field is “Note” now. Save again to keep your choice."
    assert refused(house, connection, mine, untouched) == {"crm.DEPT": said}

    assert save(house, connection, replace(mine, seen=choice(house, connection, "DEPT")), untouched)
    targets = {one.erp.key: one.crm_field for one in mapping_of(house, connection).fields}
    assert (targets["DEPT"], targets["REVENUE"]) == ("department", "revenue")


@everywhere
def test_admins_at_the_same_moment_lose_nothing(house: House, connection: int) -> None:
    keys = ["NAME", "VATNO", "POSTALCITY", "REVENUE", "SINCE", "BLOCKED"]
    edits = [edit(house, connection, key, rank="7") for key in keys]
    with ThreadPoolExecutor(len(keys)) as pool:
        assert all(pool.map(lambda one: save(house, connection, one), edits))
    assert {one.erp.key for one in mapping_of(house, connection).fields if one.rank == 7} == set(keys)


def test_a_field_that_is_gone_is_kept_and_blocks_nothing(house: House, connection: int) -> None:
    fields = house.shop.fields[CUSTOMER]
    house.shop.fields[CUSTOMER] = (*(one for one in fields if one.key != "VATNO"), ErpField("NEW", "New one"))

    changes, complaints = rereading.read_again(house.rooms, ADMIN, connection)

    assert complaints == ()
    assert [(one.actor_type, one.new, one.gone) for one in changes] == [(CUSTOMER, ("New one",), ("VAT number",))]
    gone = line(house, connection, "VATNO")
    assert gone.mapping.gone
    assert gone.faulty
    assert gone.mapping.crm_field == "vat_number"
    assert not mapping_of(house, connection).maps(["vat_number"])
    assert "VATNO" not in {one.key for one in mappings.searchable(mapping_of(house, connection))}
    assert save(house, connection, edit(house, connection, "NEW", crm_field="vat_number"))

    house.shop.fields[CUSTOMER] = fields
    changes, _complaints = rereading.read_again(house.rooms, ADMIN, connection)
    assert [(one.new, one.gone) for one in changes] == [(("VAT number",), ("New one",))]
    assert line(house, connection, "VATNO").mapping.imports


def test_a_field_that_goes_between_two_imports_clears_nothing(house: House, connection: int) -> None:
    clearing = ImportSettings(company=DuplicateSettings("name", Action.REPLACE, EmptyValue.CLEAR))
    house.shop.add(CUSTOMER, "C1", NAME="Acme", VATNO="NO1")
    fields = house.shop.fields[CUSTOMER]
    for offered in (fields, tuple(one for one in fields if one.key != "VATNO")):
        house.shop.fields[CUSTOMER] = offered
        token = house.begin()
        house.stage(token)
        settings.save(house.rooms, ADMIN, token, clearing)
        preview.start(house.rooms, house.jobs, ADMIN, token)
        importing.start(house.rooms, house.jobs, ADMIN, token)

    with house.rooms.engine.connect() as tx:
        assert tx.execute(select(hosts.company.c.vat_number)).scalars().all() == ["NO1"]
    assert line(house, connection, "VATNO").mapping.gone


def test_only_a_field_that_is_gone_can_be_removed(house: House, connection: int) -> None:
    mappings.remove(house.rooms, ADMIN, connection, CUSTOMER, "NAME")
    assert line(house, connection, "NAME").mapping.crm_field == "name"
    house.shop.fields[CUSTOMER] = house.shop.fields[CUSTOMER][1:]
    rereading.read_again(house.rooms, ADMIN, connection)
    edited = edit(house, connection, "NAME", rank="7")
    mappings.remove(house.rooms, ADMIN, connection, CUSTOMER, "NAME")
    assert "NAME" not in {one.erp.key for one in mapping_of(house, connection).fields}
    assert not save(house, connection, edited)


def test_an_actor_type_that_is_gone_keeps_its_mapping(house: House, connection: int) -> None:
    del house.shop.fields[CUSTOMER]
    (change,), _complaints = rereading.read_again(house.rooms, ADMIN, connection)
    assert (change.actor_type, change.new, len(change.gone)) == (CUSTOMER, (), 13)
    assert CUSTOMER not in connections.usable(house.rooms, ADMIN)[0].actor_types
    assert line(house, connection, "NAME").mapping.crm_field == "name"


def test_an_erp_that_is_away_loses_nothing(house: House, connection: int) -> None:
    before = mappings.of_connection(house.rooms, ADMIN, connection)

    read = house.shop.calls.count("fields")

    def away(method: str) -> None:
        if method == "fields" and house.shop.calls.count("fields") > read + 1:
            raise GiveUp("The shop is closed.")

    house.shop.fail = away
    house.shop.fields[CUSTOMER] = ()
    with pytest.raises(ErpFailed):
        rereading.read_again(house.rooms, ADMIN, connection)
    assert mappings.of_connection(house.rooms, ADMIN, connection) == before


def test_a_field_the_host_no_longer_has_is_kept_and_imports_nothing(house: House, connection: int) -> None:
    mapping = mapping_of(house, connection)
    fields = tuple(replace(one, crm_field="old_field") if one.erp.key == "DEPT" else one for one in mapping.fields)
    keep(house, connection, replace(mapping, fields=fields, defaults={"older": "x"}, ask=frozenset({"oldest"})))

    assert line(house, connection, "DEPT").lost
    assert save(house, connection, edit(house, connection, "DEPT", rank="3"))
    assert line(house, connection, "DEPT").mapping.crm_field == "old_field"
    house.shop.add(CUSTOMER, "C1", NAME="Ås AS", DEPT="Sales")
    token = house.begin()
    house.stage(token)
    settings.save(house.rooms, ADMIN, token, ImportSettings(company=DuplicateSettings("name")))
    assert preview.start(house.rooms, house.jobs, ADMIN, token).state == "done"
    (row,) = preview.page(house.rooms, house.jobs, ADMIN, token, PlanFilter()).page.rows
    assert row.planned.status is Status.NEW


def test_a_mapping_whose_types_no_longer_agree_is_told_and_blocks_nothing(house: House, connection: int) -> None:
    fields = house.shop.fields[CUSTOMER]
    house.shop.fields[CUSTOMER] = tuple(
        replace(one, type=FieldType.DATE) if one.key == "CATEGORY" else one for one in fields
    )
    rereading.read_again(house.rooms, ADMIN, connection)
    assert line(house, connection, "CATEGORY").unfit is Unfit.TYPE
    assert save(house, connection, edit(house, connection, "CATEGORY", show_in_search=True))


def test_a_double_from_before_is_told_and_blocks_nothing(house: House, connection: int) -> None:
    mapping = mapping_of(house, connection)
    keep(house, connection, replace(mapping, fields=(*mapping.fields, FieldMapping(ErpField("Z", "Zed"), "name"))))
    assert line(house, connection, "NAME").double == FieldMapping(ErpField("Z", "Zed"), "name")
    assert save(house, connection, edit(house, connection, "Z", rank="3"), edit(house, connection, "EMAIL", rank="4"))


def test_a_host_without_the_entity_shows_what_was_mapped(house: House, connection: int) -> None:
    class Projects(SqlAlchemyCrm):
        def schema(self):  # type: ignore[no-untyped-def]
            schema = super().schema()
            return replace(schema, entities={EntityKind.PROJECT: schema.entities[EntityKind.PROJECT]})

    crm = hosts.crm()
    crm.__class__ = Projects
    house = replace(house, rooms=replace(house.rooms, host=replace(house.rooms.host, crm=crm)))
    assert line(house, connection, "NAME").lost


def test_who_may_and_what_is_there(house: House, connection: int) -> None:
    house.sync.on = True  # set-up is open meanwhile
    assert save(house, connection, edit(house, connection, "NAME", rank="8"))
    for call in (
        lambda user, id_, type_: mappings.page(house.rooms, user, id_, type_),
        lambda user, id_, type_: mappings.save(house.rooms, user, id_, type_),
        lambda user, id_, type_: mappings.remove(house.rooms, user, id_, type_, "NAME"),
    ):
        with pytest.raises(NotAllowed):
            call(NOBODY, connection, CUSTOMER)
        with pytest.raises(NotFound):
            call(ADMIN, connection + 1, CUSTOMER)
        with pytest.raises(NotFound):
            call(ADMIN, connection, ActorType.PARTNER)
