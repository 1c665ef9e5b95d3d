"""What every template of ours can call."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import format_decimal
from flask_wtf.csrf import generate_csrf

from erp_import_plugin import __version__
from erp_import_plugin.translations import template_functions
from erp_import_plugin.web import here
from erp_import_plugin.web.dates import moment
from erp_import_plugin.web.erp_labels import erp_label
from erp_import_plugin.web.repeat_words import found
from erp_import_plugin.web.texts import ACTOR_TYPES, KINDS_PLURAL

_FALLBACK_BASE = "erp_import/_base.html"


def template_context() -> dict[str, Any]:
    """The functions and values, by the names the templates use."""
    return {
        **template_functions(),
        "erp_base": here.config().base_template or _FALLBACK_BASE,
        "erp_language": here.language().replace("_", "-"),
        "erp_number": number,
        "erp_moment": moment,
        "erp_label": erp_label,
        "erp_found": found,
        "erp_asset": asset,
        "erp_types": ACTOR_TYPES,
        "erp_kinds": KINDS_PLURAL,
        "erp_url": request.full_path.rstrip("?"),
        "csrf_token": generate_csrf,
    }


def number(value: float) -> str:
    """A number in the reader's format: 12,431 or 12 431."""
    return str(format_decimal(value))


def asset(filename: str) -> str:
    """The address of a static file of this version."""
    return url_for("erp_import.static", filename=filename, v=__version__)
