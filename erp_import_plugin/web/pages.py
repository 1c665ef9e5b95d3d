"""Pages: a template of ours with the values it shows, as ``erp.name``; every other name is the host's."""

from __future__ import annotations

from types import SimpleNamespace

from flask import render_template


def render(step: str, **values: object) -> str:
    """The page of a step, ``templates/erp_import/<step>.html``."""
    return render_template(f"erp_import/{step}.html", erp=SimpleNamespace(**values))
