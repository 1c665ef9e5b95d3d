"""Done: new actors imported, existing actors updated, and what was not imported.

Of an import that was stopped it is the result so far.
"""

from __future__ import annotations

from flask import request, url_for
from werkzeug.wrappers import Response

from erp_import_plugin.store.imports import ImportState
from erp_import_plugin.translations import say
from erp_import_plugin.web import here, plan_lines, result_lines, undo_words
from erp_import_plugin.web.answers import go
from erp_import_plugin.web.pages import render
from erp_import_plugin.web.paging import pager, this_page
from erp_import_plugin.web.steps import DONE, steps
from erp_import_plugin.web.texts import KINDS_PLURAL
from erp_import_plugin.workflow import imports, results, undo
from erp_import_plugin.workflow.exports import CORRECTABLE
from erp_import_plugin.workflow.results import ResultList, ResultPage


def show(token: str) -> str | Response:
    """The result, one of its lists at a time."""
    undoing = undo.standing(here.rooms(), here.user(), token)
    which, text = _which() or undo_words.first_list(undoing), request.args.get("q", "").strip()
    found = results.page(here.rooms(), here.jobs(), here.user(), token, which, text, here.page_number())
    stopped = found.imported.state is not ImportState.DONE
    if stopped and found.job and not found.job.ended:
        return go(url_for(".importing", token=token))
    run = undo_words.run_of(undoing, found.accounts.written)
    return render(
        "done",
        run=run,
        token=token,
        found=found,
        stopped=stopped,
        failure=say(found.job.note) if found.job and found.job.state == "failed" else "",
        which=which.value,
        correctable=_correctable(found),
        text=text,
        lists=[one for one in _lists(found) if one[0] in run.words.lists],
        lines=[result_lines.line(row, found.schema, token) for row in found.page.rows],
        counts=plan_lines.counts(found.accounts, None, undo=undoing.undoes is not None),
        shares=plan_lines.shares(found.accounts),
        selections=[(str(KINDS_PLURAL[one.kind]), one.url) for one in found.selections if one.result is which],
        summary=imports.get(here.rooms(), here.user(), token),
        pager=pager(found.page.page, found.page.pages, len(found.page.rows), found.page.total),
        steps=steps(DONE, found.imported, 1),
    )


def _which() -> ResultList | None:
    name = request.args.get("which", "")
    return ResultList(name) if name in {one.value for one in ResultList} else None


def _correctable(found: ResultPage) -> int:
    """How many rows an admin could correct and import again."""
    mine = found.which is ResultList.REST and found.imported.undoes is None
    return sum(getattr(found.accounts, status.value) for status in CORRECTABLE) if mine else 0


def _lists(found: ResultPage) -> list[tuple[ResultList, int, str, bool]]:
    """Each list with its length, its address, and whether it is the one shown."""
    return [
        (one, sum(getattr(found.accounts, status.value) for status in one.statuses), _url(one), one is found.which)
        for one in ResultList
    ]


def _url(which: ResultList) -> str:
    return this_page(which=which.value, page=None, q=None)
