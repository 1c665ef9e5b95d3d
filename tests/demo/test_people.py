from __future__ import annotations

import phonenumbers
import pytest
from stdnum import get_cc_module

from erp_import_plugin.demo import people
from erp_import_plugin.demo.people_data import COUNTRIES

SOME = range(0, people.MOST, 11)


@pytest.mark.parametrize("country", COUNTRIES)
def test_companies_differ_in_what_identifies_them(country: str) -> None:
    companies = [people.company(country, index) for index in range(people.MOST)]
    for name in ("name", "vat_number", "phone", "email"):
        assert len({getattr(company, name) for company in companies}) == people.MOST, name


@pytest.mark.parametrize("country", COUNTRIES)
def test_persons_differ_in_phone_and_address(country: str) -> None:
    persons = [people.person(country, index) for index in range(people.MOST)]
    assert len({person.phone_mobile for person in persons}) == people.MOST
    assert len({person.email for person in persons}) == people.MOST


@pytest.mark.parametrize("country", COUNTRIES)
def test_vat_numbers_are_valid(country: str) -> None:
    check = get_cc_module(country, "orgnr" if country == "NO" else "vat")
    assert check is not None
    assert all(check.is_valid(people.company(country, index).vat_number) for index in SOME)


@pytest.mark.parametrize("country", COUNTRIES)
def test_phones_are_valid_in_their_country(country: str) -> None:
    numbers = [people.company(country, index).phone for index in SOME]
    numbers += [people.person(country, index).phone_mobile for index in SOME]
    wrong = [number for number in numbers if not phonenumbers.is_valid_number(phonenumbers.parse(number, country))]
    assert wrong == []


def test_the_same_index_gives_the_same_facts() -> None:
    assert people.company("SE", 41) == people.company("SE", 41)
    assert people.person("SE", 41) == people.person("SE", 41)
    assert people.company("SE", 41) != people.company("SE", 42)


def test_an_employee_has_the_employers_mail_domain() -> None:
    person = people.person("DE", 100)
    assert person.company_index is not None
    employer = people.company("DE", person.company_index)
    assert person.email.partition("@")[2] == employer.email.partition("@")[2]


def test_every_person_of_the_crm_works_at_a_company_of_the_crm() -> None:
    for country, count in people.CRM_PERSONS.items():
        employers = {people.person(country, index).company_index for index in range(count)} - {None}
        assert max(employers) < people.CRM_COMPANIES[country]


@pytest.mark.parametrize("index", [-1, people.MOST])
def test_an_index_out_of_range_is_refused(index: int) -> None:
    with pytest.raises(ValueError, match="index must be 0 to"):
        people.company("NO", index)


def test_an_unknown_country_is_refused() -> None:
    with pytest.raises(KeyError):
        people.company("XX", 0)
