"""All suites by name, in the order of the page."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks import first_page, front_door, growth, pages, reference, similar, through_pages, workers
from benchmarks.cases import Suite

SUITES: Mapping[str, Suite] = {
    "reference": reference,
    "growth": growth,
    "through_pages": through_pages,
    "pages": pages,
    "first_page": first_page,
    "similar": similar,
    "workers": workers,
    "front_door": front_door,
}
