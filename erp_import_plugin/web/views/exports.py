"""Lists as files: of the preview, of the result, and of what can be corrected and imported again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask import Response, request, send_file, stream_with_context
from werkzeug.wrappers import Response as AnyResponse

from erp_import_plugin.engine.results import Status
from erp_import_plugin.web import export_tables, here
from erp_import_plugin.web.exports import Book, Cell, csv_chunks, xlsx_file
from erp_import_plugin.web.views.history import wanted_status
from erp_import_plugin.web.views.preview import wanted_rows
from erp_import_plugin.workflow import exports
from erp_import_plugin.workflow.results import ResultList

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def plan(token: str, kind: str) -> AnyResponse:
    """The rows of the preview that its filter passes."""
    rows = exports.plan(here.rooms(), here.user(), token, wanted_rows())
    return answer(export_tables.plan(rows, here.rooms().host.crm.schema(), token), f"preview.{kind}", kind)


def result(token: str, kind: str) -> AnyResponse:
    """One list of the result, the rows of one status, or all; of those, the ones with a text in their name."""
    which, status = request.args.get("which", ""), wanted_status()
    one_list = ResultList(which) if which in {one.value for one in ResultList} else None
    statuses = (status,) if status else one_list.statuses if one_list else tuple(Status)
    rows = exports.result(here.rooms(), here.user(), token, statuses, request.args.get("q", "").strip())
    name = f"import-{status.value if status else which if one_list else 'all'}.{kind}"
    return answer(export_tables.result(rows, here.rooms().host.crm.schema(), token), name, kind)


def corrections(token: str) -> AnyResponse:
    """The rows that were held, failed or need a decision, as a workbook that can be imported again."""
    found = exports.corrections(here.rooms(), here.user(), token)
    book = Book()
    for sheet, row in export_tables.corrections(found, here.rooms().host.crm.schema(), token):
        book.add(sheet, row)
    return send_file(book.file(), _XLSX, as_attachment=True, download_name="import-to-correct.xlsx")


def answer(table: Iterator[Sequence[Cell]], name: str, kind: str) -> AnyResponse:
    """A table as a file of the kind "csv" or "xlsx"."""
    if kind == "xlsx":
        return send_file(xlsx_file(table), _XLSX, as_attachment=True, download_name=name)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(stream_with_context(csv_chunks(table)), mimetype="text/csv", headers=headers)
