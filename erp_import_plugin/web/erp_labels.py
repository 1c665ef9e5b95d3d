"""The labels of ERP fields in the reader's language, as far as connectors use the usual words."""

from __future__ import annotations

from erp_import_plugin.errors import Sentence
from erp_import_plugin.translations import gettext

# Only these: a column that an ERP calls "State" is not the state of an import, which the catalogue has as well.
KNOWN_LABELS = frozenset(
    {
        Sentence("ERP key"),
        Sentence("Name"),
        Sentence("Department"),
        Sentence("First name"),
        Sentence("Middle name"),
        Sentence("Last name"),
        Sentence("Title"),
        Sentence("Position"),
        Sentence("Code"),
        Sentence("Number"),
        Sentence("Other number"),
        Sentence("VAT number"),
        Sentence("Tax number"),
        Sentence("Text"),
        Sentence("Comment"),
        Sentence("Category"),
        Sentence("First category"),
        Sentence("All categories"),
        Sentence("Business"),
        Sentence("Interests"),
        Sentence("Payment terms"),
        Sentence("Language"),
        Sentence("Company"),
        Sentence("Relation to the company"),
        Sentence("Status"),
        Sentence("Phone"),
        Sentence("Direct phone"),
        Sentence("Mobile phone"),
        Sentence("Private phone"),
        Sentence("Other phone"),
        Sentence("Second phone"),
        Sentence("Fax"),
        Sentence("E-mail"),
        Sentence("Second e-mail"),
        Sentence("Web address"),
        Sentence("Website"),
        Sentence("Postal address 1"),
        Sentence("Postal address 2"),
        Sentence("Postal address 3"),
        Sentence("Postal code"),
        Sentence("Postal city"),
        Sentence("Postal county"),
        Sentence("Postal state"),
        Sentence("Postal country"),
        Sentence("Street address 1"),
        Sentence("Street address 2"),
        Sentence("Street address 3"),
        Sentence("Street postal code"),
        Sentence("Street city"),
        Sentence("Street county"),
        Sentence("Street state"),
        Sentence("First address, line 1"),
        Sentence("First address, line 2"),
        Sentence("First address, line 3"),
        Sentence("First address, postal code"),
        Sentence("First address, city"),
        Sentence("First address, subdivision"),
        Sentence("Second address, line 1"),
        Sentence("Second address, line 2"),
        Sentence("Second address, line 3"),
        Sentence("Second address, postal code"),
        Sentence("Second address, city"),
        Sentence("Second address, subdivision"),
        Sentence("City"),
        Sentence("County"),
        Sentence("Country"),
        Sentence("Date of birth"),
        Sentence("End date"),
        Sentence("Created"),
        Sentence("Changed"),
    }
)


def erp_label(label: str) -> str:
    """The label of an ERP field in the reader's language; one that is not among the usual words as it is."""
    return gettext(label) if label in KNOWN_LABELS else label
