"""The options that are the import settings, and the TOML file they may stand in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from erp_import_plugin.engine.settings import Action, ChannelPolicy, EmptyValue, ListPolicy, NoCompany
from erp_import_plugin.errors import Refused, Sentence
from erp_import_plugin.workflow.invalid import Invalid

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

F = TypeVar("F", bound=Callable[..., Any])

_KINDS = ("company", "person", "project")
_LINKED = [action.value for action in Action if action is not Action.ADD]


def _values(choices: type[Action] | type[EmptyValue] | type[NoCompany] | type[ChannelPolicy]) -> click.Choice[str]:
    return click.Choice([one.value for one in choices])


def settings_options(command: F) -> F:
    """Add an option for each import setting, and --settings for a file that holds them."""
    for option in reversed([*_general(), *(option for kind in _KINDS for option in _of_kind(kind))]):
        command = option(command)
    return command


def _general() -> list[Callable[[F], F]]:
    return [
        click.option("--settings", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TOML."),
        click.option("--no-company", type=_values(NoCompany), help="What to do with contacts without a company."),
        click.option(
            "--fetch-parents/--no-fetch-parents", default=None, help="Fetch the companies contacts belong to."
        ),
        click.option("--legal-basis", help="Id of the legal basis for contacts."),
        click.option("--consent-source", help="Id of the consent source for contacts."),
        click.option(
            "--list", "lists", multiple=True, metavar="NAME=POLICY", help="Policy of a CRM list: add, default, blank."
        ),
        click.option("--phones", type=_values(ChannelPolicy), help="What to do with phone numbers."),
        click.option(
            "--default", "defaults", multiple=True, metavar="KIND.FIELD=VALUE", help="A default that is asked for."
        ),
        click.option("--suggest/--no-suggest", default=None, help="Name records that are much like new actors."),
        click.option("--web", type=_values(ChannelPolicy), help="What to do with URLs and e-mail addresses."),
    ]


def _of_kind(kind: str) -> list[Callable[[F], F]]:
    return [
        click.option(f"--{kind}-match", help=f"Duplicate match of a {kind}, such as name or number."),
        click.option(f"--{kind}-action", type=_values(Action), help="What to do with a duplicate."),
        click.option(f"--{kind}-empty", type=_values(EmptyValue), help="What Replace does with empty ERP values."),
        click.option(f"--{kind}-linked", type=click.Choice(_LINKED), help="What to do with actors imported before."),
    ]


def read_settings(options: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as data: those of the file, overruled by the options. Empty when neither says anything.

    Raises:
        Refused: the file is no TOML, or a policy has no list.
        Invalid: an option belongs into a table that is none in the file; by its dotted key.
    """
    data = _from_file(options["file"]) if options["file"] else {}
    for kind in _KINDS:
        chosen = {part: options[f"{kind}_{part}"] for part in ("match", "action", "empty", "linked")}
        chosen = {part: value for part, value in chosen.items() if value is not None}
        if chosen:
            _table(data, kind).update(chosen)
    names = ("no_company", "fetch_parents", "legal_basis", "consent_source", "phones", "web", "suggest")
    data |= {name: options[name] for name in names if options[name] is not None}
    for text in options["defaults"]:
        kind, field, value = _default(text)
        _table(data, "defaults", kind)[field] = value
    if options["lists"]:
        _table(data, "lists").update(_lists(options["lists"]))
    return data


def _table(data: dict[str, Any], *names: str) -> dict[str, Any]:
    """The table of these names, made where the file has none. Raises Invalid where the file has something else."""
    for depth, name in enumerate(names, start=1):
        data = data.setdefault(name, {})
        if not isinstance(data, dict):
            raise Invalid({".".join(names[:depth]): Sentence("It must be a table of settings.")})
    return data


def _from_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Refused(Sentence("%(file)s is no TOML file: %(error)s", file=path.name, error=error)) from error


def _default(text: str) -> tuple[str, str, str]:
    name, sign, value = text.partition("=")
    kind, dot, field = name.partition(".")
    if not (sign and dot and field):
        raise Refused(Sentence("Write --default KIND.FIELD=VALUE, such as company.category=Customer."))
    return kind, field, value


def _lists(given: Sequence[str]) -> dict[str, str]:
    pairs = [text.partition("=") for text in given]
    policies = [one.value for one in ListPolicy]
    if any(not name or policy not in policies for name, _, policy in pairs):
        raise Refused(
            Sentence("Write --list NAME=POLICY with one of these policies: %(known)s.", known=", ".join(policies))
        )
    return {name: policy for name, _, policy in pairs}
