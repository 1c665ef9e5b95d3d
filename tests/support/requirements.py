"""What a test needs and not every machine has. Left out with how to get it, unless it is asked for.

``ERP_IMPORT_TEST_REQUIRE`` names what must be there, with commas: browser, postgresql, mariadb, redis, rabbitmq,
tryton, or all.
"""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def leave_out(need: str, reason: str) -> NoReturn:
    """Skip the test, or fail it where ``need`` is required; ``reason`` says what is missing and how to get it."""
    required = os.environ.get("ERP_IMPORT_TEST_REQUIRE", "").replace(",", " ").split()
    if {need, "all"} & set(required):
        pytest.fail(f"{reason} ERP_IMPORT_TEST_REQUIRE asks for it.", pytrace=False)
    pytest.skip(reason)
