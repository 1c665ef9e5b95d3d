"""Done: new actors imported, existing actors updated, and what was not imported; as a page and as files.

Of an import that was stopped it is the result so far.
"""

from __future__ import annotations

from flask import Response, request, send_file, stream_with_context, url_for
from werkzeug.wrappers import Response as AnyResponse

from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.translations import say
from erp_import_plugin.web import exports, here, plan_lines, result_lines
from erp_import_plugin.web.answers import go
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.paging import pager, this_page
from erp_import_plugin.web.steps import DONE, steps
from erp_import_plugin.web.texts import KINDS_PLURAL
from erp_import_plugin.workflow import imports, results
from erp_import_plugin.workflow.results import ResultList, ResultPage

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(token: str) -> str | AnyResponse:
    """The result, one of its lists at a time."""
    which, text = _which() or ResultList.NEW, request.args.get("q", "").strip()
    found = results.page(here.rooms(), here.jobs(), here.user(), token, which, text, here.page_number())
    stopped = found.imported.state is not ImportState.DONE
    if stopped and found.job and not found.job.ended:
        return go(url_for(".importing", token=token))
    return render(
        "done",
        token=token,
        found=found,
        stopped=stopped,
        failure=say(found.job.note) if found.job and found.job.state == "failed" else "",
        which=which.value,
        text=text,
        lists=_lists(found),
        lines=[result_lines.line(row, found.schema, token) for row in found.page.rows],
        counts=plan_lines.counts(found.accounts, None),
        shares=plan_lines.shares(found.accounts),
        selections=[(str(KINDS_PLURAL[one.kind]), one.url) for one in found.selections if one.result is which],
        summary=imports.get(here.rooms(), here.user(), token),
        pager=pager(found.page.page, found.page.pages, len(found.page.rows), found.page.total),
        steps=steps(DONE, found.imported, 1),
    )


def download(token: str, kind: str) -> AnyResponse:
    """One list of the result, or all of it, as a file."""
    which = _which()
    # An import that is not there, or not the user's, is answered before the first byte.
    results.page(here.rooms(), here.jobs(), here.user(), token, which or ResultList.NEW)
    rows = results.rows(here.rooms(), here.user(), token, which)
    schema = here.rooms().host.crm.schema()
    table = result_lines.export_rows(rows, schema, token)
    name = f"import-{which.value if which else 'all'}.{kind}"
    if kind == "xlsx":
        return send_file(exports.xlsx_file(table), _XLSX, as_attachment=True, download_name=name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(exports.csv_chunks(table)), mimetype="text/csv", headers=headers)


def _which() -> ResultList | None:
    name = request.args.get("which", "")
    return ResultList(name) if name in {one.value for one in ResultList} else None


def _lists(found: ResultPage) -> list[tuple[ResultList, int, str, bool]]:
    """Each list with its length, its address, and whether it is the one shown."""
    return [
        (one, sum(getattr(found.accounts, status.value) for status in one.statuses), _url(one), one is found.which)
        for one in ResultList
    ]


def _url(which: ResultList) -> str:
    return this_page(which=which.value, page=None, q=None)
