"""Values as texts."""

from __future__ import annotations

from datetime import date, datetime, timezone
from decimal import Decimal

import pytest

from erp_import_plugin.connector_api import ErpField, FieldType
from erp_import_plugin.engine.changes import NewItem, NewValue, RowCompany
from erp_import_plugin.host_api import CrmField, CrmType
from erp_import_plugin.web.display import MOST_SHOWN, crm_texts, erp_text, plain_text
from tests.support.site import Site

LABELS = {("category", "1"): "Gold", ("company", "7"): "ACME Inc."}
CATEGORY = CrmField("category", "Category", CrmType.LIST, list_name="category", multiple=True)
COMPANY = CrmField("company", "Company", CrmType.COMPANY)


@pytest.mark.parametrize(
    ("field", "value", "texts"),
    [
        (None, None, ()),
        (None, "  ", ()),
        (None, (), ()),
        (None, "Oslo", ("Oslo",)),
        (CATEGORY, ("1", NewItem("category", "Silver")), ("Gold", "Silver (new in the list)")),
        (CATEGORY, ("9",), ("9",)),
        (COMPANY, "7", ("ACME Inc.",)),
        (COMPANY, RowCompany(3), ("the company of this import",)),
        (None, True, ("yes",)),
        (None, Decimal("1234.56789"), ("1,234.56789",)),
        (None, Decimal("NaN"), ("NaN",)),
        (None, date(1, 1, 1), ("1 Jan 1",)),
        (None, ("a", "b"), ("a", "b")),
    ],
)
def test_values_of_the_crm(site: Site, field: CrmField | None, value: NewValue, texts: tuple[str, ...]) -> None:
    with site.client.application.test_request_context():
        assert crm_texts(field, value, LABELS) == texts


def test_values_of_the_erp(site: Site) -> None:
    field = ErpField("CATEGORY", "Category", FieldType.LIST, list_name="categories")
    with site.client.application.test_request_context():
        assert erp_text(field, "A", {"categories": {"A": "Best"}}) == "Best"
        assert erp_text(field, ("A", "X"), {"categories": {"A": "Best"}}) == "Best, X"
        assert erp_text(None, datetime(2026, 1, 2, 3, 4, tzinfo=timezone.utc), {}).startswith("2 Jan 2026")
        assert erp_text(None, None, {}) == ""


def test_a_text_that_would_flood_the_page_is_cut(site: Site) -> None:
    with site.client.application.test_request_context():
        shown = plain_text("x" * 10_000_000)
    assert len(shown) < MOST_SHOWN + 100
    assert shown.endswith("9,995,000 more characters")
