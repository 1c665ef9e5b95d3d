"""The labels of ERP fields on the pages."""

from __future__ import annotations

import pytest
from flask_babel import force_locale

from connectors_plugins.tryton.catalogue import offer_of
from connectors_plugins.workbook.known import KNOWN_FIELDS
from erp_import_plugin.connector_api import ActorType
from erp_import_plugin.web.erp_labels import KNOWN_LABELS, erp_label
from tests.support.site import Site


@pytest.mark.parametrize(
    ("label", "shown"), [("Street city", "Poststed (besøksadresse)"), ("State", "State"), ("Farge", "Farge"), ("", "")]
)
def test_a_usual_label_is_translated_and_any_other_is_as_the_erp_says(site: Site, label: str, shown: str) -> None:
    with site.client.application.test_request_context(), force_locale("nb"):
        assert erp_label(label) == shown


def test_every_field_our_connectors_know_has_a_usual_label() -> None:
    tryton = {
        column.field.label
        for one in (ActorType.CUSTOMER, ActorType.PERSON, ActorType.PROJECT)
        for column in offer_of(one).columns.values()
    }
    workbook = {known.label for known in KNOWN_FIELDS.values()}
    assert (tryton | workbook) - KNOWN_LABELS == {"Tryton ID"}
