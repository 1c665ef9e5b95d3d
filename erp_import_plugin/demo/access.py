"""Who is signed in, and what they may open. Everything is closed unless it is named here as open."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar
from urllib.parse import urlsplit

from flask import Flask, abort, current_app, request
from flask_babel import lazy_gettext as _l
from flask_login import LoginManager, current_user

from .database import database
from .tables import User

_OPEN = {"static", "auth.sign_in", "appearance.language", "appearance.theme"}

Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")


def init_app(app: Flask) -> None:
    manager = LoginManager(app)
    manager.login_view = "auth.sign_in"
    manager.login_message = _l("Sign in to open this page.")
    manager.login_message_category = "info"
    manager.user_loader(_load)
    app.before_request(_require_sign_in)


def _load(user_id: str) -> User | None:
    with database().reading() as session:
        user = session.get(User, int(user_id)) if user_id.isdecimal() else None
    return user if user is not None and user.active else None


def _require_sign_in() -> Any:
    endpoint = request.endpoint or ""
    if endpoint in _OPEN or endpoint.endswith(".static") or current_user.is_authenticated:
        return None
    return current_app.login_manager.unauthorized() if endpoint else None  # type: ignore[attr-defined]


def require_administrator() -> None:
    """For a blueprint's ``before_request``."""
    if not current_user.is_administrator:
        abort(403)


def administrators_only(view: Callable[Arguments, Answer]) -> Callable[Arguments, Answer]:
    @wraps(view)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Answer:
        require_administrator()
        return view(*args, **kwargs)

    return guarded


def local_target(target: str | None) -> str | None:
    """The target when it is a path on this site, else None; a sign-in must not send anyone elsewhere."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return None
    parts = urlsplit(target)
    return None if parts.scheme or parts.netloc or any(ord(sign) < 32 for sign in target) else target
