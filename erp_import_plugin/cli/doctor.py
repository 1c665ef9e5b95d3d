"""``erp-import doctor``"""

from __future__ import annotations

import json
from collections.abc import Sequence

import click
from flask import Flask
from flask.cli import ScriptInfo
from jinja2 import TemplateError

from erp_import_plugin.cli import shapes
from erp_import_plugin.cli.acting import Refusal
from erp_import_plugin.cli.printing import clean
from erp_import_plugin.workflow.doctor import examine, not_loaded
from erp_import_plugin.workflow.findings import Finding, Level, error, ok


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a text.")
@click.pass_context
def doctor(context: click.Context, as_json: bool) -> None:
    """Look whether everything is well here: configuration, database, keys, connectors, workers.

    Ends with 0 when it is, with 1 when there are warnings, with 2 when there are errors.
    """
    found = _examined(context.ensure_object(ScriptInfo))
    worst = max((one.level for one in found), key=lambda level: level.rank)
    click.echo(json.dumps(shapes.findings(worst, found), ensure_ascii=False, indent=2) if as_json else _text(found))
    context.exit(worst.rank)


def _examined(script: ScriptInfo) -> list[Finding]:
    # The app is loaded here, not before: what keeps it from being loaded is a finding.
    try:
        app = script.load_app()
    except click.ClickException:
        raise
    except Exception as failed:
        return [not_loaded(failed)]
    installed = app.extensions.get("erp_import")
    if installed is None:
        raise Refusal("This app has no ERP import.")
    with app.app_context():
        return [*examine(installed.rooms, app.config), _template(app, installed.config.base_template)]


def _template(app: Flask, name: str | None) -> Finding:
    try:
        app.jinja_env.get_template(name or "erp_import/layout.html")
    except TemplateError as failed:
        found = f"ERP_IMPORT_BASE_TEMPLATE cannot be used: {type(failed).__name__}: {failed}."
        return error("template", found, "No page of the plugin can be shown before it is there.")
    return ok(
        "template", f"The pages extend {name}." if name else "The pages extend a plain template of the plugin's own."
    )


def _text(found: Sequence[Finding]) -> str:
    lines = []
    for one in found:
        lines.append(f"{one.level.value:<9}{one.check:<15}{clean(one.found)}")
        if one.advice:
            lines.append(f"{'':<24}{clean(one.advice)}")
    counted = {level: sum(one.level is level for one in found) for level in Level}
    return "\n".join([*lines, "", f"Errors: {counted[Level.ERROR]}, warnings: {counted[Level.WARNING]}."])
