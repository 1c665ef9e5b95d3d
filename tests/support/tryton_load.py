"""Fills an empty Tryton database through proteus. Runs in Tryton's own environment, never in ours.

``python tryton_load.py CONFIG DATABASE FACTS.json PASSWORD``; works on Tryton 6.0 to 8.2.
"""

import json
import sys
from itertools import islice

from proteus import Model, config

BATCH = 250


def main(config_file, database, facts_file, password):
    """Load everything the facts name, and a user for the import."""
    settings = config.set_trytond(database, user="admin", config_file=config_file)
    with open(facts_file, encoding="utf-8") as file:
        facts = json.load(file)
    countries = make_countries(facts["countries"])
    company = make_company(settings)
    make_reader(company, password)
    categories = {name: make("party.category", name=name).id for name in facts["categories"]}
    shapes = Shapes(settings, countries, categories)
    companies = make_parties(facts["companies"], shapes)
    persons = make_parties(facts["persons"], shapes)
    make_relations(facts, companies, persons)
    make_projects(facts["projects"], companies)


def make(model, **values):
    """One saved record."""
    record = Model.get(model)(**values)
    record.save()
    return record


def make_countries(facts):
    """Only the countries needed: all of them would take a minute and a half."""
    return {code: make("country.country", name=name, code=code).id for code, name in facts}


def make_company(settings):
    """The company the books are kept for, which becomes the admin's own."""
    currency = make("currency.currency", name="Norwegian krone", symbol="kr", code="NOK")
    company = make("company.company", party=make("party.party", name="Our own company"), currency=currency)
    own_company(Model.get("res.user").find([("login", "=", "admin")])[0], company)
    settings._context = Model.get("res.user").get_preferences(True, {})
    return company


def own_company(user, company):
    """Give a user the company as the one worked in."""
    user.companies.append(company)
    user.company = company
    user.save()


def make_reader(company, password):
    """A user without any group: that is all an import needs."""
    user = Model.get("res.user")(name="CRM import", login="crm", password=password)
    user.companies.append(Model.get("company.company")(company.id))
    user.company = Model.get("company.company")(company.id)
    user.save()


class Shapes:
    """How this series of Tryton names things."""

    def __init__(self, settings, countries, categories):
        self.countries, self.categories, self.context = countries, categories, settings.context
        address = Model.get("party.address")._proxy.fields_get([], 0, self.context)
        self.street = "street_unstructured" if "street_unstructured" in address else "street"
        types = Model.get("party.identifier")._proxy.get_types(self.context)
        self.types = {key for key, _label in types}
        languages = Model.get("ir.lang").find([("active", "in", [True, False])])
        self.languages = {language.code: language.id for language in languages}

    def values(self, party):
        """The values to create one party with everything it owns."""
        return {
            "name": party["name"],
            "lang": self.languages.get(party["language"]),
            "addresses": [("create", [self.address(one) for one in party["addresses"]])],
            "contact_mechanisms": [("create", [{"type": kind, "value": value} for kind, value in party["mechanisms"]])],
            "identifiers": [("create", [self.identifier(kinds, code) for kinds, code in party["identifiers"]])],
            "categories": [("add", [self.categories[name] for name in party["categories"]])],
        }

    def address(self, facts):
        """One address, with the street where this series keeps it."""
        country = self.countries[facts["country"]]
        return {
            self.street: facts["street"],
            "postal_code": facts["postal_code"],
            "city": facts["city"],
            "country": country,
        }

    def identifier(self, kinds, code):
        """One identifier by the first of the type names that this series knows."""
        return {"type": next((kind for kind in kinds if kind in self.types), None), "code": code}


def make_parties(facts, shapes):
    """Ids of the created parties, in the order of the facts."""
    create = Model.get("party.party")._proxy.create
    todo, ids = iter(facts), []
    while batch := [shapes.values(party) for party in islice(todo, BATCH)]:
        ids += create(batch, shapes.context)
    archived = [party for party, one in zip(ids, facts, strict=True) if not one["active"]]
    Model.get("party.party")._proxy.write(archived, {"active": False}, shapes.context)
    return ids


def make_relations(facts, companies, persons):
    """Tie each person to the company, in both directions as Tryton does."""
    straight, reverse = (make("party.relation.type", name=name) for name in facts["relations"])
    straight.reverse, reverse.reverse = reverse, straight
    straight.save()
    reverse.save()
    values = [
        {"from_": person, "to": companies[party["company"]], "type": straight.id}
        for person, party in zip(persons, facts["persons"], strict=True)
        if party["company"] is not None
    ]
    Model.get("party.relation.all")._proxy.create(values, config.get_config().context)


def make_projects(facts, companies):
    """Projects for some of the companies."""
    status = Model.get("project.work.status").find([("types", "in", "project")])[0]
    for project in facts:
        make(
            "project.work",
            name=project["name"],
            type="project",
            status=status,
            comment=project["comment"],
            party=Model.get("party.party")(companies[project["company"]]),
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
