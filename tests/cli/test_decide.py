"""decide: what the pages decide, from the command line."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, insert, select

from tests.cli.conftest import Shell
from tests.support import hosts

WHAT = ("--connection", "Shop one", "--type", "Customer", "--company-match", "name", "--company-action", "replace")


@pytest.fixture
def import_(connected: Shell, engine: Engine) -> tuple[str, int]:
    """An import and its one row that needs a decision."""
    with engine.begin() as tx:
        tx.execute(insert(hosts.company), [{"name": "Company 0001"}, {"name": "Company 0001"}])
    plan = connected.data("preview", *WHAT)
    (row,) = (row for row in plan["rows"] if row["status"] == "undecided")
    assert row["match"]["entities"] == ["1", "2"]
    return plan["import"], row["row"]


def test_a_row_becomes_the_record_that_was_named(connected: Shell, engine: Engine, import_: tuple[str, int]) -> None:
    token, row = import_
    text = connected.run("preview", "--token", token).stdout
    assert f"Row {row} may be 1, 2." in text
    done = connected.data("decide", token, str(row), "--entity", "2")
    assert (done["decided"], done["accounts"]["undecided"], done["accounts"]["changed"]) == (1, 0, 1)
    connected.data("import", "--token", token, "--yes")
    with engine.connect() as tx:
        found = list(
            tx.scalars(select(hosts.company.c.number).where(hosts.company.c.id <= 2).order_by(hosts.company.c.id))
        )
    assert found == [None, 1]


def test_many_rows_are_decided_as_far_as_it_fits(connected: Shell, import_: tuple[str, int]) -> None:
    token, row = import_
    rows = [str(row), str(row + 1)]
    assert connected.data("decide", token, *rows, "--only")["decided"] == 0
    done = connected.data("decide", token, *rows, "--leave-out")
    assert (done["decided"], done["left"], done["accounts"]["skipped"]) == (1, 1, 1)
    assert connected.data("decide", token, str(row), "--again")["accounts"]["undecided"] == 1


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ((), "Say one of"),
        (("--new", "--entity", "1"), "Say one of"),
        (("--entity", "99"), "not in the CRM"),
    ],
)
def test_what_cannot_be_decided_is_refused(
    connected: Shell, import_: tuple[str, int], options: tuple[str, ...], complaint: str
) -> None:
    token, row = import_
    result = connected.run("decide", token, str(row), *options)
    assert result.exit_code == 2
    assert complaint in result.stderr
