from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session
from werkzeug.security import generate_password_hash
from werkzeug.wrappers import Response
from wtforms import BooleanField, PasswordField, SelectField, SelectMultipleField
from wtforms.validators import Length, Optional

from ..access import require_administrator
from ..database import database
from ..forms import required_words
from ..tables import ROLES, User, UserGroup, UserGroupMember
from ._records import ID, found

blueprint = Blueprint("users", __name__, url_prefix="/settings/users")
blueprint.before_request(require_administrator)

ROLE_LABELS = dict(zip(ROLES, (_l("Administrator"), _l("Ordinary user")), strict=True))
_MOST_LOGIN = 80


class UserForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF has no types
    login = required_words(_l("User name"), _l("Enter a user name."))
    name = required_words(_l("Name"), _l("Enter a name."))
    role = SelectField(_l("Role"))
    groups = SelectMultipleField(_l("Groups"), coerce=int)
    active = BooleanField(_l("May sign in"), default=True)
    password = PasswordField(
        _l("New password"),
        description=_l("At least 8 characters. Leave it empty to keep the password."),
        render_kw={"autocomplete": "new-password"},
        validators=[Optional(), Length(min=8, max=200, message=_l("Enter 8 to 200 characters."))],
    )


class GroupForm(FlaskForm):  # type: ignore[misc]
    name = required_words(_l("Name"), _l("Enter a name."))


@blueprint.get("/")
def index() -> str:
    memberships = select(UserGroupMember.user_id, UserGroup.name).join(
        UserGroup, UserGroup.id == UserGroupMember.group_id
    )
    with database().reading() as session:
        groups: dict[int, list[str]] = {}
        for user_id, name in session.execute(memberships.order_by(UserGroup.name)):
            groups.setdefault(user_id, []).append(name)
        return render_template(
            "demo/users.html",
            users=session.scalars(select(User).order_by(User.name)).all(),
            groups=groups,
            all_groups=session.scalars(select(UserGroup).order_by(UserGroup.name)).all(),
            roles=ROLE_LABELS,
        )


@blueprint.route("/new", methods=["GET", "POST"], defaults={"user_id": None})
@blueprint.route(f"/<{ID}:user_id>", methods=["GET", "POST"])
def edit(user_id: int | None) -> str | Response:
    with database().reading() as session:
        user = found(session, User, user_id) if user_id is not None else None
        form = _form(session, user)
    if form.validate_on_submit():
        with database().writing() as session:
            if _save(session, form, user_id):
                flash(gettext("Saved."), "ok")
                return redirect(url_for(".index"))
    heading = user.name if user else gettext("New user")
    return render_template("demo/user_edit.html", form=form, heading=heading)


@blueprint.route("/groups/new", methods=["GET", "POST"], defaults={"group_id": None})
@blueprint.route(f"/groups/<{ID}:group_id>", methods=["GET", "POST"])
def edit_group(group_id: int | None) -> str | Response:
    with database().reading() as session:
        group = found(session, UserGroup, group_id) if group_id is not None else None
    form = GroupForm(obj=group)
    if form.validate_on_submit():
        with database().writing() as session:
            if _save_group(session, form, group_id):
                flash(gettext("Saved."), "ok")
                return redirect(url_for(".index"))
    heading = group.name if group else gettext("New group")
    return render_template("demo/user_edit.html", form=form, heading=heading)


def _form(session: Session, user: User | None) -> Any:
    own = select(UserGroupMember.group_id).where(UserGroupMember.user_id == (user.id if user else None))
    form = UserForm(obj=user, data={"groups": list(session.scalars(own))})
    form.role.choices = list(ROLE_LABELS.items())
    form.groups.choices = [
        (group.id, group.name) for group in session.scalars(select(UserGroup).order_by(UserGroup.name))
    ]
    return form


def _save(session: Session, form: Any, user_id: int | None) -> bool:
    user = found(session, User, user_id) if user_id is not None else User(password_hash="")
    if not _may_be_saved(session, form, user):
        return False
    user.login, user.name, user.role, user.active = form.login.data, form.name.data, form.role.data, form.active.data
    if form.password.data:
        user.password_hash = generate_password_hash(form.password.data)
    session.add(user)
    session.flush()
    session.execute(delete(UserGroupMember).where(UserGroupMember.user_id == user.id))
    if form.groups.data:
        rows = [{"user_id": user.id, "group_id": group_id} for group_id in form.groups.data]
        session.execute(insert(UserGroupMember), rows)
    return True


def _may_be_saved(session: Session, form: Any, user: User) -> bool:
    """Whether nothing stands against it; what does is said beside its field."""
    taken = select(User.id).where(User.login == form.login.data, User.id != (user.id or 0))
    others = select(func.count()).where(User.role == "administrator", User.active, User.id != (user.id or 0))
    if len(form.login.data) > _MOST_LOGIN:
        form.login.errors.append(gettext("Enter at most %(most)s characters.", most=_MOST_LOGIN))
    if session.scalar(taken) is not None:
        form.login.errors.append(gettext("Someone else has this user name."))
    if not user.password_hash and not form.password.data:
        form.password.errors.append(gettext("Enter a password for the new user."))
    if not (form.role.data == "administrator" and form.active.data) and not session.scalar(others):
        form.role.errors.append(gettext("This is the last administrator who can sign in."))
    return not form.errors


def _save_group(session: Session, form: Any, group_id: int | None) -> bool:
    taken = select(UserGroup.id).where(UserGroup.name == form.name.data, UserGroup.id != (group_id or 0))
    if session.scalar(taken) is not None:
        form.name.errors.append(gettext("There is a group of this name already."))
        return False
    group = found(session, UserGroup, group_id) if group_id is not None else UserGroup()
    group.name = form.name.data
    session.add(group)
    return True
