"""``erp-import import``"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TextIO

import click

from erp_import_plugin.cli import shapes
from erp_import_plugin.cli.acting import DONE, WITH_FAULTS, Desk, acting
from erp_import_plugin.cli.criteria import criteria_options, keys_options, read_keys
from erp_import_plugin.cli.finding import complete
from erp_import_plugin.cli.planning import Wanted, plan
from erp_import_plugin.cli.preview import NOTHING
from erp_import_plugin.cli.printing import accounts_line, table
from erp_import_plugin.cli.settings import read_settings, settings_options
from erp_import_plugin.engine.results import Status
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.host_api import CrmSchema
from erp_import_plugin.store.outcomes import ResultRow
from erp_import_plugin.web.reasons import sentence
from erp_import_plugin.workflow import impact, results
from erp_import_plugin.workflow import importing as workflow
from erp_import_plugin.workflow.invalid import Invalid
from erp_import_plugin.workflow.results import ResultList, ResultPage

_TOLD = (Status.UNDECIDED, Status.HELD, Status.FAILED)


@click.command("import")
@criteria_options
@keys_options
@settings_options
@click.option("--confirm", default="", help="How many records change or go, where so many do that it has to be named.")
@click.option("--yes", is_flag=True, help="Import however many records change or go.")
@click.option("--token", help="Import what this import's preview shows, or go on with it where it was cut.")
@acting
def import_(
    desk: Desk,
    connection: str | None,
    type_name: str | None,
    where: Sequence[str],
    keys: Sequence[str],
    key_file: TextIO | None,
    language: str,
    token: str | None,
    confirm: str,
    yes: bool,
    **options: Any,
) -> int:
    """Import from the ERP into the CRM. Status 1 when rows were held or failed."""
    named = Wanted(None, connection, type_name, where, read_keys(keys, key_file), read_settings(options), language)
    if token and (named.connection or named.type_name or named.where or named.keys or named.settings):
        raise Refused(Sentence("With --token the stored preview is imported; make a new preview to change anything."))
    planned = token or plan(desk, named)
    if planned is None:
        desk.show(NOTHING | {"state": "done", "selections": []}, lambda: "Nothing was found.")
        return DONE
    carry_out(desk, planned, None if yes else confirm)
    return show_result(desk, planned)


def show_result(desk: Desk, token: str, more: Mapping[str, Any] | None = None) -> int:
    """Print the result of an import, with ``more`` in its JSON; gives the command's status."""
    page = results.page(desk.rooms, desk.jobs, desk.user, token, ResultList.REST)
    desk.show({**_data(desk, token, page), **(more or {})} if desk.as_json else None, lambda: _text(desk, token, page))
    return WITH_FAULTS if page.accounts.held or page.accounts.failed else DONE


def carry_out(desk: Desk, token: str, confirm: str | None) -> None:
    """Import what is planned, to the end; with None however many records change. Raises Refused."""
    try:
        job = workflow.start(desk.rooms, desk.jobs, desk.user, token, typed=confirm)
    except Invalid as error:
        found = impact.of(desk.rooms, desk.jobs, desk.user, token)
        raise Refused(
            Sentence(
                "%(count)s records that the CRM has change or go. If that is right: erp-import import --token %(token)s"
                " --confirm %(count)s",
                count=found.confirm,
                token=token,
            )
        ) from error
    if job.state in ("cancelled", "failed", "interrupted", "paused"):
        workflow.resume(desk.rooms, desk.jobs, desk.user, token)
    complete(desk, desk.jobs.latest(token, "import"))


def _data(desk: Desk, token: str, page: ResultPage) -> dict[str, Any]:
    rows = results.rows(desk.rooms, desk.user, token, None)
    return {
        "import": token,
        "state": page.imported.state.value,
        "accounts": shapes.accounts(page.accounts),
        "selections": [shapes.selection(link) for link in page.selections],
        "rows": [shapes.result_row(row, page.schema) for row in rows],
    }


def _text(desk: Desk, token: str, page: ResultPage) -> str:
    told = [row for row in results.rows(desk.rooms, desk.user, token, ResultList.REST) if row.status in _TOLD]
    rows = [(row.row, row.status.value, row.label, _why(row, page.schema)) for row in told]
    parts = [table(("ROW", "STATUS", "ACTOR", "WHY"), rows)] if rows else []
    parts += [
        f"Selection of {one.kind.value}, {one.result.value}: {one.url or 'in the CRM'}" for one in page.selections
    ]
    return "\n".join([*parts, accounts_line(page.accounts)])


def _why(row: ResultRow, schema: CrmSchema) -> str:
    return sentence(row.reason, row.kind, schema) if row.reason else ""
