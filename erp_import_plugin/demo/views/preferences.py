from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response
from wtforms import BooleanField

from ..access import require_administrator
from ..database import database
from ..forms import NOTHING, item
from ..preferences import DEFAULT_LISTS, MANDATORY_COMPANY, default_item, is_on, set_default_item, switch
from ..records import choices

blueprint = Blueprint("preferences", __name__, url_prefix="/settings/preferences")
blueprint.before_request(require_administrator)


class PreferencesForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    mandatory_company = BooleanField(
        _l("Mandatory company on contact"), description=_l("A contact cannot be saved without a company.")
    )
    category = item(_l("Category"))
    business = item(_l("Business"))
    country = item(_l("Country"))
    payment_terms = item(_l("Payment terms"))
    legal_basis = item(_l("Legal basis"))
    consent_source = item(_l("Consent source"))


@blueprint.route("/", methods=["GET", "POST"])
def index() -> str | Response:
    with database().reading() as session:
        form = _form(session)
    if form.validate_on_submit():
        with database().writing() as session:
            switch(session, MANDATORY_COMPANY, form.mandatory_company.data)
            for name in DEFAULT_LISTS:
                set_default_item(session, name, form[name].data)
        flash(gettext("Saved."), "ok")
        return redirect(url_for(".index"))
    return render_template("demo/preferences.html", form=form, defaults=[form[name] for name in DEFAULT_LISTS])


def _form(session: Session) -> PreferencesForm:
    now = {name: default_item(session, name) for name in DEFAULT_LISTS}
    form = PreferencesForm(data={**now, "mandatory_company": is_on(session, MANDATORY_COMPANY)})
    offered = choices(session, *now.values())
    for name in DEFAULT_LISTS:
        form[name].choices = [("", NOTHING), *offered[name]]
    return form
