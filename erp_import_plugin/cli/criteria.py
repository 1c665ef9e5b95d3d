"""The options that say which actors: connection, type, criteria, keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TextIO, TypeVar

import click

from erp_import_plugin.workflow.criteria import Criteria, parse_where

F = TypeVar("F", bound=Callable[..., Any])
_OR = "\0or"

_OPTIONS = (
    click.option("--connection", help="Id or name of the ERP connection."),
    click.option("--type", "type_name", help="Actor type: Customer, Supplier, Partner, Person or Project."),
    click.option(
        "--where",
        "where",
        multiple=True,
        metavar='"FIELD operator value"',
        help="A criterion, such as 'NAME begins Acme'. Several are joined by AND.",
    ),
    click.option(
        "--or", "where", multiple=True, is_flag=True, flag_value=_OR, help="Start another set of criteria after this."
    ),
)


def criteria_options(command: F) -> F:
    """Add --connection, --type, --where and --or."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def keys_options(command: F) -> F:
    """Add --key, --keys and --language: of commands that make an import."""
    command = click.option("--language", default="en", help="What the selections are named in, such as nb.")(command)
    command = click.option("--keys", "key_file", type=click.File(), help="File with an ERP key a line; - reads stdin.")(
        command
    )
    return click.option("--key", "keys", multiple=True, help="Only the actor with this ERP key; may be repeated.")(
        command
    )


def read_criteria(where: Sequence[str]) -> tuple[Criteria, dict[str, str]]:
    """The criteria, and the text of each by its "set.line". Raises Invalid."""
    texts: list[list[str]] = [[]]
    for text in where:
        if text == _OR:
            texts.append([])
        else:
            texts[-1].append(text)
    named = {f"{number}.{place}": text for number, lines in enumerate(texts) for place, text in enumerate(lines)}
    return Criteria(tuple(tuple(parse_where(text) for text in lines) for lines in texts)), named


def read_keys(keys: Sequence[str], key_file: TextIO | None) -> frozenset[str]:
    """The wanted keys; none at all stands for every actor that is found."""
    lines = (line.rstrip("\r\n") for line in key_file) if key_file else ()
    return frozenset(key for key in (*keys, *lines) if key)
