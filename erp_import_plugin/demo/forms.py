"""Forms of the CRM's records: one field per column, one text area per kind of phone, e-mail or URL."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    Field,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import DataRequired, Length, Optional

from .cleaning import cleaned, lines

NOTHING = "\N{EN DASH}"
"""How a list shows that no item is chosen."""
_MOST = 255
_MOST_TEXT = 100_000
_SERVES_AS_ID = 2_147_483_647


class LinesField(TextAreaField):  # type: ignore[misc]  # WTForms has no types
    """Several values, one a line; the data is a list of texts."""

    def _value(self) -> str:
        return "\n".join(self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = lines(valuelist[0]) if valuelist else []


def short_values(_form: FlaskForm, field: Field) -> None:
    for value in field.data:
        if len(value) > _MOST:
            raise ValidationError(gettext("A line may have %(most)s characters at most.", most=_MOST))


def mail_addresses(_form: FlaskForm, field: Field) -> None:
    for value in field.data:
        if "@" not in value.strip("@"):
            raise ValidationError(gettext("“%(value)s” is not an e-mail address.", value=value[:80]))


def words(label: Any, **options: Any) -> StringField:
    return StringField(label, filters=[cleaned], validators=[Optional(), Length(max=_MOST)], **options)


def required_words(label: Any, message: Any) -> StringField:
    return StringField(label, filters=[cleaned], validators=[DataRequired(message), Length(max=_MOST)])


def long_words(label: Any) -> TextAreaField:
    return TextAreaField(label, filters=[cleaned], validators=[Optional(), Length(max=_MOST_TEXT)])


def values(label: Any, *checks: Callable[[FlaskForm, Field], None]) -> LinesField:
    return LinesField(label, description=_l("One per line."), validators=[short_values, *checks])


def day(label: Any) -> DateField:
    return DateField(label, validators=[Optional()])


def item(label: Any) -> SelectField:
    return SelectField(label, coerce=item_id)


def item_id(value: object) -> int | None:
    return int(str(value)) if value not in (None, "", "None") else None


class RecordForm(FlaskForm):  # type: ignore[misc]
    """Carries the version it was opened with, so that a stale form overwrites nobody's work."""

    version = HiddenField()
    lists: dict[str, str] = {}
    """Name of a field that holds a list item → name of the list."""

    def offer(self, choices: dict[str, list[tuple[int, str]]]) -> None:
        """Give each list field its items."""
        for name, list_name in self.lists.items():
            offered: list[tuple[int | str, str]] = [*choices[list_name]]
            several = isinstance(self[name], SelectMultipleField)
            self[name].choices = offered if several else [("", NOTHING), *offered]

    def groups(self) -> Iterable[tuple[str, list[Field]]]:
        """The visible fields under their headings, in the order of the page."""
        raise NotImplementedError

    def named(self, *names: str) -> list[Field]:
        return [self[name] for name in names]

    def starting(self, *starts: str) -> list[Field]:
        return [field for field in self if field.name.startswith(starts) and field.name != "version"]


class PostalForm(RecordForm):
    postal_address_1 = words(_l("Postal address"))
    postal_address_2 = words(_l("Postal address, line 2"))
    postal_address_3 = words(_l("Postal address, line 3"))
    postal_zip = words(_l("Postcode"))
    postal_city = words(_l("City"))
    postal_county = words(_l("County"))
    postal_state = words(_l("State"))


class CompanyForm(PostalForm):
    lists = {"category_id": "category", "business_id": "business", "country_id": "country",
             "payment_terms_id": "payment_terms"}  # fmt: skip

    name = required_words(_l("Name"), _l("Enter the company's name."))
    department = words(_l("Department"))
    number = words(_l("Number"))
    code = words(_l("Code"))
    vat_number = words(_l("VAT number"))
    category_id = item(_l("Category"))
    business_id = item(_l("Business"))
    country_id = item(_l("Country"))
    payment_terms_id = item(_l("Payment terms"))
    note = long_words(_l("Note"))
    street_address_1 = words(_l("Street address"))
    street_address_2 = words(_l("Street address, line 2"))
    street_address_3 = words(_l("Street address, line 3"))
    street_zip = words(_l("Postcode"))
    street_city = words(_l("City"))
    street_county = words(_l("County"))
    street_state = words(_l("State"))
    phone = values(_l("Phones"))
    fax = values(_l("Faxes"))
    email = values(_l("E-mail addresses"), mail_addresses)
    url = values(_l("URLs"))

    def groups(self) -> Iterable[tuple[str, list[Field]]]:
        yield gettext("Company"), self.named("name", "department", "number", "code", "vat_number", *self.lists, "note")
        yield gettext("Phones, e-mail and URLs"), self.named("phone", "fax", "email", "url")
        yield gettext("Street address"), self.starting("street_")
        yield gettext("Postal address"), self.starting("postal_")


class PersonForm(PostalForm):
    lists = {"position_id": "position", "country_id": "country", "interests": "interest",
             "sales_legal_basis_id": "legal_basis", "sales_consent_source_id": "consent_source"}  # fmt: skip

    company = words(_l("Company"), description=_l("The company's name, or # and its ID."))
    first_name = words(_l("First name"))
    middle_name = words(_l("Middle name"))
    last_name = required_words(_l("Last name"), _l("Enter the contact's last name."))
    title = words(_l("Title"))
    number = words(_l("Number"))
    position_id = item(_l("Position"))
    birth_date = day(_l("Birth date"))
    country_id = item(_l("Country"))
    interests = SelectMultipleField(_l("Interests"), coerce=int)
    sales_legal_basis_id = item(_l("Legal basis for sales and service"))
    sales_consent_source_id = item(_l("Consent source"))
    phone_direct = values(_l("Direct phones"))
    phone_mobile = values(_l("Mobile phones"))
    phone_private = values(_l("Private phones"))
    phone_other = values(_l("Other phones"))
    email = values(_l("E-mail addresses"), mail_addresses)
    url = values(_l("URLs"))

    def groups(self) -> Iterable[tuple[str, list[Field]]]:
        yield gettext("Contact"), self.named(
            "first_name", "middle_name", "last_name", "company", "title", "position_id", "number", "birth_date",
            "country_id", "interests",
        )  # fmt: skip
        yield gettext("Phones, e-mail and URLs"), [*self.starting("phone_"), *self.named("email", "url")]
        yield gettext("Postal address"), self.starting("postal_")
        yield gettext("Privacy"), self.starting("sales_")


class ProjectForm(RecordForm):
    name = required_words(_l("Name"), _l("Enter the project's name."))
    company = words(_l("Company"), description=_l("The company's name, or # and its ID."))
    number = words(_l("Number"))
    end_date = day(_l("End date"))
    text = long_words(_l("Text"))
    url = values(_l("URLs"))

    def groups(self) -> Iterable[tuple[str, list[Field]]]:
        yield gettext("Project"), self.named("name", "company", "number", "end_date", "text", "url")


def company_reference(text: str) -> int | None:
    """The ID in a text such as ``Acme AS (#12)`` or ``#12``; None when it is a name."""
    digits = text.rpartition("#")[2].rstrip(")") if "#" in text else ""
    return int(digits) if digits.isdecimal() and int(digits) <= _SERVES_AS_ID else None
