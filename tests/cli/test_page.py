"""docs/cli.md shows what the commands print: the same keys at the same places, and every option there is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click
import pytest
from sqlalchemy import Engine, insert

from erp_import_plugin.cli import command
from erp_import_plugin.connector_api import ActorType, ErpField, Operator
from erp_import_plugin.connector_host import Relative
from erp_import_plugin.workflow import saved_imports
from tests.cli.conftest import Shell
from tests.support import hosts
from tests.support.rooms import ADMIN

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
SHOWN = {name: json.loads(text) for name, text in re.findall(r"```json ([a-z -]+)\n(.*?)```", PAGE, re.DOTALL)}
WHAT = ("--connection", "Shop one", "--type", "Customer")
HOW = ("--company-match", "number", "--list", "category=add")


def _differences(shown: Any, printed: Any, place: str = "") -> list[str]:
    """Where the keys differ. Null may stand for anything; "*" stands for keys that depend on the ERP."""
    if isinstance(shown, list) and isinstance(printed, list):
        return [gap for one in printed for gap in _differences(shown[0], one, f"{place}[]")]
    if not isinstance(shown, dict) or not isinstance(printed, dict) or "*" in shown:
        return []
    gaps = [f"{place}.{key}" for key in shown.keys() ^ printed.keys()]
    both = shown.keys() & printed.keys()
    return gaps + [gap for key in both for gap in _differences(shown[key], printed[key], f"{place}.{key}")]


@pytest.fixture
def page(connected: Shell, engine: Engine) -> Shell:
    """A shop and a CRM that make every part of the JSON appear."""
    with engine.begin() as connection:
        connection.execute(insert(hosts.company).values(name="Other name", number=2, code="X"))
    return connected


def test_every_shape_is_shown() -> None:
    assert set(SHOWN) == {
        "connectors", "connections list", "connections test", "connections delete", "mappings", "discover",
        "rotate-keys", "prune", "audit", "doctor", "search", "preview", "decide",
        "import", "runs", "saved", "run",
    }  # fmt: skip


def test_the_shapes_are_those_that_are_printed(page: Shell) -> None:
    preview = page.data("preview", *WHAT, *HOW)
    printed = {
        "connectors": page.data("connectors"),
        "connections list": page.data("connections", "list"),
        "connections test": page.data("connections", "test", "1"),
        "search": page.data("search", *WHAT, "--limit", "3"),
        "preview": preview,
        "decide": page.data("decide", preview["import"], *(str(row["row"]) for row in preview["rows"]), "--new"),
        "import": page.data("import", "--token", preview["import"]),
        "runs": page.data("runs"),
        "run": _run(page, preview["import"]),
        "saved": page.data("saved"),
        "prune": page.data("prune", "--older-than", "0d", "--dry-run"),
        "mappings": page.data("mappings", "Shop one"),
        "discover": _discovered(page),
        "rotate-keys": page.data("rotate-keys"),
        "audit": page.data("audit"),
        "doctor": json.loads(page.run("doctor", "--json", user=None).stdout),
        "connections delete": page.data("connections", "delete", "1"),
    }
    assert {name: _differences(SHOWN[name], printed[name]) for name in SHOWN} == {name: [] for name in SHOWN}
    assert preview["new_items"]
    assert any(row["kept"] for row in preview["rows"])


def _run(page: Shell, token: str) -> Any:
    saved_imports.save(page.app.extensions["erp_import"].rooms, ADMIN, token, "Nightly")
    return page.data("run", "Nightly")


def _discovered(page: Shell) -> Any:
    fields = page.house.shop.fields
    fields[ActorType.CUSTOMER] = (*fields[ActorType.CUSTOMER][:-1], ErpField("COLOUR", "Colour"))
    return page.data("discover", "Shop one")


def test_what_is_added_is_printed_as_one_of_the_list(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ERP_IMPORT_SECRET_PASSWORD", "open sesame")
    added = shell.data("connections", "add", "shop", "Oslo", "--set", "server=x")
    assert _differences(SHOWN["connections list"]["connections"][0], added) == []


def _options(group: click.Group) -> set[str]:
    found: set[str] = set()
    context = click.Context(group)
    for part in [group.get_command(context, name) for name in group.list_commands(context)]:
        if isinstance(part, click.Group):
            found |= _options(part)
        elif part is not None:
            found |= {name for option in part.params for name in (*option.opts, *option.secondary_opts)}
    return {name for name in found if name.startswith("--")}


def test_every_option_is_described_and_no_other() -> None:
    described = set(re.findall(r"--[a-z][a-z-]+", PAGE)) - {"--app"}
    ours = {name for name in _options(command) if not re.fullmatch(r"--(person|project)-(action|empty|linked)", name)}
    assert described == ours


def test_every_operator_is_described() -> None:
    words = set(re.findall(r"`([a-z_<>=]+)`", PAGE))
    for operator in [*Operator, *Relative]:
        plain = operator.value.removeprefix("not_")
        signs = {"not_equals": "<>", "less": "<", "greater": ">", "less_or_equal": "<=", "greater_or_equal": ">="}
        assert {operator.value, plain, signs.get(operator.value, "")} & words, operator
