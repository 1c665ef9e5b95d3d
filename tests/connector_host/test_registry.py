"""Broken distributions are listed with the reason; the working ones are offered."""

from __future__ import annotations

import logging
import sys
import textwrap
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import pytest

from erp_import_plugin.connector_api import Choice, ConfigField, ConfigType, Connector, hookimpl
from erp_import_plugin.connector_host import BrokenConnector, Registry
from erp_import_plugin.connector_host import registry as registry_module
from tests.support.stubborn import StubbornConnector


class Plugin:
    """A plugin that offers what it is given."""

    def __init__(self, *offered: object) -> None:
        self.offered = offered

    @hookimpl
    def erp_connectors(self) -> Iterable[Any]:
        return self.offered


def with_fields(*fields: object) -> StubbornConnector:
    return StubbornConnector(config_fields=lambda: fields)


def named(key: object, name: object = "Other") -> Connector:
    return type("Named", (StubbornConnector,), {"key": key, "name": name})()


def only_broken(*offered: object) -> BrokenConnector:
    registry = Registry.from_plugins([Plugin(*offered)])
    assert registry.loaded == ()
    return registry.broken[0]


def test_a_good_connector_is_loaded_with_what_it_declares() -> None:
    registry = Registry.from_plugins([Plugin(StubbornConnector())])
    loaded = registry.get("stubborn")
    assert loaded is not None
    assert (loaded.key, loaded.name, loaded.distribution) == ("stubborn", "Stubborn", "Plugin")
    assert [field.key for field in loaded.config_fields] == ["hint", "address", "password"]
    assert registry.broken == ()
    assert registry.get("nowhere") is None


@pytest.mark.parametrize(
    ("offered", "reason"),
    [
        (42, "int, which is not an instance of Connector"),
        (StubbornConnector, "the class StubbornConnector, which is not an instance"),
        (named("Big"), "Its key is “Big”"),
        (named(""), "Its key is “”"),
        (named("a" * 41), "Its key is"),
        (named(None), "Its key is “None”"),
        (named("fine", " "), "has no name"),
        (with_fields("text"), "str, not a ConfigField"),
        (with_fields(ConfigField("a b", "A")), "“a b”, is not usable"),
        (with_fields(ConfigField("a", "")), "“a” has no label"),
        (with_fields(ConfigField("a", "A"), ConfigField("a", "B")), "two configuration fields with the key “a”"),
        (with_fields(ConfigField("a", "A", "money")), "“a” has an unknown type"),  # type: ignore[arg-type]
        (with_fields(ConfigField("a", "A", ConfigType.LIST)), "“a” is a list without choices"),
        (with_fields(ConfigField("api_key", "Key")), "“api_key” holds a secret"),
        (with_fields(ConfigField("x", "Client secret")), "“x” holds a secret"),
        (with_fields(ConfigField("pw", "P", ConfigType.PASSWORD, default="x")), "“pw” has a default"),
        (StubbornConnector(config_fields=lambda: 1 // 0), "could not say what it needs: ZeroDivisionError"),
        (StubbornConnector(config_fields=lambda: sys.exit(2)), "could not say what it needs: SystemExit: 2"),
    ],
)
def test_a_connector_that_cannot_be_offered_says_why(offered: object, reason: str) -> None:
    assert reason in only_broken(offered).reason


@pytest.mark.parametrize(
    "field",
    [
        ConfigField("token_url", "Address for tokens"),
        ConfigField("use_token", "Use a token", ConfigType.CHECKBOX),
        ConfigField("pw", "Password", ConfigType.PASSWORD),
        ConfigField("kind", "Kind", ConfigType.LIST, choices=(Choice("a", "A"),)),
    ],
)
def test_fields_that_are_fine(field: ConfigField) -> None:
    assert Registry.from_plugins([Plugin(with_fields(field))]).broken == ()


def test_the_second_connector_with_a_key_is_refused_and_both_are_named() -> None:
    class Rival(Plugin):
        pass

    registry = Registry.from_plugins([Plugin(StubbornConnector()), Rival(StubbornConnector())])
    assert [loaded.distribution for loaded in registry.loaded] == ["Plugin"]
    assert "(Plugin)" in registry.broken[0].reason
    assert "(Rival)" in registry.broken[0].reason


def test_one_bad_connector_does_not_take_its_siblings_along() -> None:
    registry = Registry.from_plugins([Plugin(named("Bad"), StubbornConnector())])
    assert len(registry.loaded) == len(registry.broken) == 1


def test_plugins_without_connectors_and_with_nonsense() -> None:
    class NoHook:
        pass

    class Raising(Plugin):
        @hookimpl
        def erp_connectors(self) -> Iterable[Connector]:
            yield StubbornConnector()
            raise SystemExit("half way")

    class WrongArguments:
        @hookimpl
        def erp_connectors(self, app: object) -> Sequence[Connector]:
            return []

    registry = Registry.from_plugins([NoHook(), Raising(), WrongArguments(), None, 7, Plugin(StubbornConnector())])
    assert [loaded.key for loaded in registry.loaded] == ["stubborn"]
    assert len(registry.broken) == 5


MODULES = {
    "good": """
        from erp_import_plugin.connector_api import hookimpl
        from tests.support.stubborn import StubbornConnector
        @hookimpl
        def erp_connectors():
            return [StubbornConnector()]
    """,
    "missing": "import surely_not_installed_anywhere",
    "leaving": "raise SystemExit('no licence')",
    "dying": "class Odd(BaseException): pass\nraise Odd('strange')",
    "silent": "",
    "typo": "def erp_connectors(:",
}


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory of distributions, one per module, on the path."""
    for name, source in MODULES.items():
        (tmp_path / f"erp_fake_{name}.py").write_text(textwrap.dedent(source))
        info = tmp_path / f"erp_fake_{name}-2.{len(name)}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: erp-fake-{name}\nVersion: 2.{len(name)}\n")
        (info / "entry_points.txt").write_text(f"[erp_import_plugin.connectors]\nfake_{name} = erp_fake_{name}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_entry_points_that_fail_are_listed_and_stop_nothing(site: Path) -> None:
    registry = Registry.discover()
    loaded = registry.get("stubborn")
    assert loaded is not None
    assert (loaded.distribution, loaded.version) == ("erp-fake-good", "2.4")
    reasons = {broken.entry_point: str(broken.reason) for broken in registry.broken}
    assert reasons["fake_missing"] == (
        "It could not be loaded: ModuleNotFoundError: No module named 'surely_not_installed_anywhere'."
    )
    assert reasons["fake_leaving"] == "It could not be loaded: SystemExit: no licence."
    assert "strange" in reasons["fake_dying"]
    assert reasons["fake_silent"] == "It offers no connector."
    assert "SyntaxError" in reasons["fake_typo"]
    assert {broken.distribution for broken in registry.broken} >= {"erp-fake-missing", "erp-fake-typo"}


def test_ctrl_c_while_loading_still_stops_the_program() -> None:
    class Interrupted(Plugin):
        @hookimpl
        def erp_connectors(self) -> Iterable[Connector]:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Registry.from_plugins([Interrupted()])


class Zebra(StubbornConnector):
    key: ClassVar[str] = "zebra"
    name: ClassVar[str] = "zebra"


def test_loaded_connectors_come_by_name() -> None:
    registry = Registry.from_plugins([Plugin(Zebra(), StubbornConnector())])
    assert [loaded.name for loaded in registry.loaded] == ["Stubborn", "zebra"]


def test_a_plugin_that_is_waited_for_is_told(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    told = threading.Event()

    class Slow(Plugin):
        @hookimpl
        def erp_connectors(self) -> Iterable[Any]:
            assert told.wait(30)
            return self.offered

    class Told(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            told.set()

    handler = Told()
    monkeypatch.setattr(registry_module, "_PATIENCE", 0.01)
    logging.getLogger("erp_import_plugin.watching").addHandler(handler)
    try:
        assert Registry.from_plugins([Slow(StubbornConnector())]).broken == ()
    finally:
        logging.getLogger("erp_import_plugin.watching").removeHandler(handler)
    assert caplog.records[0].getMessage() == "connector.waited_for connector=Slow distribution=Slow seconds=0.01"
