from __future__ import annotations

import pytest
from sqlalchemy import Engine

from tests.support.site import Site, build_site


@pytest.fixture
def site(engine: Engine) -> Site:
    """The pages, signed in as an admin."""
    return build_site(engine)
