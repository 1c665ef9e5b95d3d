from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_user, logout_user
from flask_wtf import FlaskForm
from sqlalchemy import select
from werkzeug.security import check_password_hash, generate_password_hash
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import DataRequired

from ..access import local_target
from ..cleaning import cleaned
from ..database import database
from ..tables import User

blueprint = Blueprint("auth", __name__)

_NOBODY = generate_password_hash("nobody")  # so that an unknown name takes as long to refuse as a wrong password
_KEPT = ("language", "theme")


class SignInForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    login = StringField(
        _l("User name"),
        filters=[cleaned],
        validators=[DataRequired(_l("Enter your user name."))],
        render_kw={"autocomplete": "username"},
    )
    password = PasswordField(
        _l("Password"),
        validators=[DataRequired(_l("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> str | Response:
    target = local_target(request.args.get("next")) or url_for("home.index")
    if current_user.is_authenticated:
        return redirect(target)
    form = SignInForm()
    if form.validate_on_submit():
        user = _user(form.login.data, form.password.data)
        if user is not None:
            _renew_session()
            login_user(user)
            return redirect(target)
        form.password.errors = [gettext("The user name or the password is wrong.")]
    return render_template("demo/sign_in.html", form=form)


@blueprint.post("/sign-out")
def sign_out() -> Response:
    logout_user()
    _renew_session()
    flash(gettext("You are signed out."), "ok")
    return redirect(url_for("auth.sign_in"))


def _user(login: str, password: str) -> User | None:
    with database().reading() as db:
        user = db.scalar(select(User).where(User.login == login))
    right = check_password_hash(user.password_hash if user else _NOBODY, password)
    return user if user is not None and user.active and right else None


def _renew_session() -> None:
    """Take nothing of one person's session over to the next but how pages look."""
    kept = {name: session[name] for name in _KEPT if name in session}
    session.clear()
    session.update(kept)
