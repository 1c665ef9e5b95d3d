"""All suites by name, in the order of the page."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks import pages, reference
from benchmarks.cases import Suite

SUITES: Mapping[str, Suite] = {
    "reference": reference,
    "pages": pages,
}
