from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet

from erp_import_plugin.config import Config
from erp_import_plugin.errors import ConfigError


def test_the_defaults_are_what_the_host_then_sees_in_force() -> None:
    app_config: dict[str, Any] = {}
    config = Config.from_mapping(app_config)
    assert config.url_prefix == app_config["ERP_IMPORT_URL_PREFIX"] == "/erp-import"
    assert config.chunk == app_config["ERP_IMPORT_CHUNK"] == 1000
    assert Config.from_mapping(app_config) == config


def test_what_the_host_has_chosen_counts() -> None:
    config = Config.from_mapping({"ERP_IMPORT_WORKERS": 5, "ERP_IMPORT_LANGUAGES": ["nb"], "ERP_IMPORT_LEASE": 10})
    assert (config.workers, config.languages, config.lease) == (5, ("nb",), 10.0)


def test_an_unknown_key_is_refused_with_the_likely_one() -> None:
    with pytest.raises(ConfigError, match=r"ERP_IMPORT_PAGESIZE is not .* mean ERP_IMPORT_PAGE_SIZE\?"):
        Config.from_mapping({"ERP_IMPORT_PAGESIZE": 10})


def test_an_unknown_key_like_no_other_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"Known keys: .*ERP_IMPORT_CHUNK"):
        Config.from_mapping({"ERP_IMPORT_QQQQQQQQQQQQQQQQQQQQQQQQ": 10})


def test_keys_of_others_are_left_alone() -> None:
    assert Config.from_mapping({"DEBUG": "whatever", "BABEL_DOMAIN": 3}) == Config()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("URL_PREFIX", "erp"),
        ("URL_PREFIX", "/erp/"),
        ("URL_PREFIX", None),
        ("BASE_TEMPLATE", ""),
        ("CHUNK", 0),
        ("CHUNK", True),
        ("CHUNK", "1000"),
        ("PAGE_SIZE", 1.5),
        ("CONFIRM_ABOVE", -1),
        ("CONFIRM_ABOVE", "never"),
        ("RUNNER", "celary"),
        ("LEASE", 0.1),
        ("LEASE", "60"),
        ("LANGUAGES", "en"),
        ("LANGUAGES", [1]),
        ("PRIVATE_ADDRESSES", "no"),
        ("SECRET_KEYS", ["hunter2"]),
    ],
)
def test_a_wrong_value_is_refused_with_the_key_and_what_it_is_for(key: str, value: object) -> None:
    with pytest.raises(ConfigError, match=rf"^ERP_IMPORT_{key} must be .+\. [A-Z].+\.$") as refused:
        Config.from_mapping({f"ERP_IMPORT_{key}": value})
    assert "hunter2" not in str(refused.value)


def test_own_keys_come_first_and_keys_of_the_apps_secrets_after_them() -> None:
    own = Fernet.generate_key().decode()
    secrets = {"SECRET_KEY": "new", "SECRET_KEY_FALLBACKS": ["old"]}
    keys = Config.from_mapping({"ERP_IMPORT_SECRET_KEYS": [own], **secrets}).secret_keys
    assert keys[0] == own
    assert keys[1:] == Config.from_mapping(dict(secrets)).secret_keys
    assert keys[2:] == Config.from_mapping({"SECRET_KEY": b"old"}).secret_keys
    for key in keys:
        Fernet(key)


def test_the_keys_do_not_show() -> None:
    config = Config.from_mapping({"SECRET_KEY": "s"})
    assert config.secret_keys[0] not in repr(config)
    assert config.secret_keys[0] != "s"
