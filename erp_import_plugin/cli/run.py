"""``erp-import run``"""

from __future__ import annotations

import click

from erp_import_plugin.cli import shapes
from erp_import_plugin.cli.acting import DONE, Desk, acting
from erp_import_plugin.cli.finding import complete
from erp_import_plugin.cli.importing import carry_out, show_result
from erp_import_plugin.cli.printing import accounts_line
from erp_import_plugin.store.imports import Import, ImportState
from erp_import_plugin.web.repeat_words import found, remarks
from erp_import_plugin.workflow import imports, saved_imports


@click.command("run")
@click.argument("name")
@click.option("--yes", is_flag=True, help="Import what is found, however much; without it, stop at the preview.")
@click.option("--language", default="en", help="What the selections are named in, such as nb.")
@acting
def run(desk: Desk, name: str, yes: bool, language: str) -> int:
    """Run a saved import again: what is new or changed in the ERP since. Status 1 when rows were held or failed."""
    saved = saved_imports.find(desk.rooms, desk.user, name)
    token = saved_imports.run(desk.rooms, desk.jobs, desk.user, saved.id, language)
    desk.tell(f"Import {token}")
    complete(desk, desk.jobs.latest(token))
    compared = imports.get(desk.rooms, desk.user, token).import_
    if yes and compared.state is ImportState.PLANNED:
        if not desk.as_json:
            click.echo(_found(compared))
        carry_out(desk, token, None)
        return show_result(desk, token, {"repeat": shapes.repeat(compared.repeat) if compared.repeat else None})
    desk.show(_data(compared), lambda: _text(compared))
    return DONE


def _data(compared: Import) -> shapes.Data:
    return {
        "import": compared.token,
        "state": compared.state.value,
        "accounts": shapes.accounts(compared.accounts),
        "repeat": shapes.repeat(compared.repeat) if compared.repeat else None,
    }


def _text(compared: Import) -> str:
    if compared.state is ImportState.DONE:
        return f"{_found(compared)}\nThere is nothing to import."
    counted = [accounts_line(compared.accounts)] if compared.accounts else []
    hint = f"Nothing is in the CRM yet. To import this: flask erp-import import --token {compared.token}"
    return "\n".join([_found(compared), *counted, hint])


def _found(compared: Import) -> str:
    return "\n".join([found(compared.repeat), *remarks(compared.repeat)]) if compared.repeat else ""
