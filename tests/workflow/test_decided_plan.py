"""After decisions the stored plan is what a new preview would make, and the import holds nothing back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from erp_import_plugin.engine.decisions import can_be_decided, candidates
from erp_import_plugin.engine.settings import Action, DuplicateSettings, ImportSettings, NoCompany
from erp_import_plugin.errors import Refused
from erp_import_plugin.host_api import EntityKind
from erp_import_plugin.store.imports import Import
from erp_import_plugin.store.plan import PlanLine
from erp_import_plugin.store.transactions import reading
from erp_import_plugin.workflow import decisions, importing, imports, preview
from erp_import_plugin.workflow.decisions import Wish
from tests.support import databases
from tests.support.rooms import ADMIN, House, build
from tests.support.worlds import fill, lines_of, planned

Values = dict[str, Any]

# Few different values, so that actors and entities meet often.
_names = st.sampled_from(["Acme", "ACME ", "Bakery", "Cafe"])
_vats = st.sampled_from(["", "111111111", "222222222", "333333333"])
_firsts, _lasts = st.sampled_from(["Kari", "Ola"]), st.sampled_from(["Nordmann", "Hansen"])
_mails = st.sampled_from(["", "a@b.example", "post@acme.example"])
_actors = st.lists(st.fixed_dictionaries({"NAME": _names, "VATNO": _vats, "EMAIL": _mails}), min_size=2, max_size=6)
_people = st.lists(
    st.fixed_dictionaries(
        {
            "FIRSTNAME": _firsts,
            "LASTNAME": _lasts,
            "EMAIL": _mails,
            "COMPANY": st.sampled_from(["", "Acme", "Bakery", "Cafe"]),
            "parent": st.none() | st.integers(0, 5),
        }
    ),
    max_size=5,
)
_companies = st.lists(
    st.fixed_dictionaries({"name": _names, "vat_number": _vats.map(lambda text: text or None)}), min_size=2, max_size=5
)
_contacts = st.lists(
    st.fixed_dictionaries({"first_name": _firsts, "last_name": _lasts, "company": st.none() | st.integers(0, 4)}),
    max_size=4,
)


def _duplicates(*rules: str) -> st.SearchStrategy[DuplicateSettings]:
    actions = st.sampled_from([Action.MERGE, Action.REPLACE, Action.REPLACE, Action.SKIP, Action.ADD])
    return st.builds(DuplicateSettings, match=st.sampled_from(rules), action=actions)


_settings = st.builds(
    ImportSettings,
    company=_duplicates("name", "vat_number"),
    person=_duplicates("name", "email"),
    project=_duplicates("name"),
    no_company=st.sampled_from(NoCompany),
    fetch_parents=st.booleans(),
    left_out=st.sampled_from([frozenset(), frozenset({"company.vat_number"}), frozenset({"person.company"})]),
    suggest=st.booleans(),
)
_CHOICES = (Wish.ENTITY, Wish.ENTITY, Wish.ENTITY, Wish.NEW, Wish.NEW, Wish.LEAVE_OUT, Wish.AGAIN)


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(actors=_actors, people=_people, companies=_companies, contacts=_contacts, chosen=_settings, data=st.data())
def test_the_plan_after_decisions_is_what_a_new_preview_makes(
    servers: databases.Databases,
    actors: list[Values],
    people: list[Values],
    companies: list[Values],
    contacts: list[Values],
    chosen: ImportSettings,
    data: st.DataObject,
) -> None:
    engine = servers["sqlite"]
    databases.empty(engine)
    house = build(engine, chunk=data.draw(st.sampled_from([1, 2, 1000]), label="chunk"))
    fill(house, actors, people, companies, contacts)
    token = planned(house, chosen)
    if data.draw(st.booleans(), label="some are linked"):
        importing.start(house.rooms, house.jobs, ADMIN, token)
        token = planned(house, chosen)
    for _ in range(data.draw(st.integers(1, 6), label="decisions")):
        _decide(house, token, data)

    decided, accounts = lines_of(house, token), _import(house, token).accounts
    assert preview.start(house.rooms, house.jobs, ADMIN, token).state == "done"

    assert decided == lines_of(house, token)
    assert accounts == _import(house, token).accounts
    importing.start(house.rooms, house.jobs, ADMIN, token)
    result = _import(house, token).accounts
    assert result is not None
    assert result.held == 0, "nobody else has written, so every premise holds"


def _decide(house: House, token: str, data: st.DataObject) -> None:
    """Some decision about some row; one that is refused changes nothing."""
    lines = lines_of(house, token)
    line = data.draw(st.sampled_from([one for one in lines if can_be_decided(one.planned)] or lines))
    wish = data.draw(st.sampled_from(_CHOICES))
    with reading(house.rooms.engine) as tx:
        entities = sorted(house.rooms.host.crm.read(tx, line.planned.kind, _ids(lines, line.planned.kind), []))
    entity = data.draw(st.sampled_from(entities)) if entities and wish is Wish.ENTITY else None
    try:
        decisions.decide(house.rooms, ADMIN, token, line.planned.row, wish, entity)
    except Refused:
        assert lines_of(house, token) == lines


def _ids(lines: Sequence[PlanLine], kind: EntityKind) -> set[str]:
    return {entity for line in lines if line.planned.kind is kind for entity in candidates(line.planned)}


def _import(house: House, token: str) -> Import:
    return imports.get(house.rooms, ADMIN, token).import_
