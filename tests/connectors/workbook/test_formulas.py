from __future__ import annotations

import re
import zipfile
from pathlib import Path

from connectors_plugins.workbook.formulas import formulas_without_result
from tests.connectors.workbook.helpers import actors_of, session_on, write_ods, write_xlsx


def with_results(path: Path, results: dict[str, str]) -> Path:
    """The workbook with these results written into its formulas, as a spreadsheet program saves them."""
    done = path.with_name("saved.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(done, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "xl/worksheets/sheet1.xml":
                for place, result in results.items():
                    pattern = rf'(<c r="{place}"[^>]*><f>[^<]*</f>)<v\s*/?>(</v>)?'
                    content = re.sub(pattern, rf"\1<v>{result}</v>", content.decode()).encode()
            new.writestr(part, content)
    return done


def test_formulas_count_with_their_saved_result_and_the_others_are_named(tmp_path: Path) -> None:
    rows = [["KEY", "Sum", "Other"], ["1", "=1+1", "=2+2"], ["2", "=B2*2", "=3+3"], ["3", 7, 9]]
    path = write_xlsx(tmp_path / "f.xlsx", {"Us & co": [["=7*6"]], "Customers": rows})
    assert formulas_without_result(path) == [
        *("Us & co!A1", "Customers!B2", "Customers!C2", "Customers!B3", "Customers!C3")
    ]
    ordered = write_xlsx(tmp_path / "g.xlsx", {"Customers": rows})
    saved = with_results(ordered, {"B2": "2", "B3": "4", "C3": "6"})
    with session_on(saved) as session:
        assert [actor.values.get("Sum") for actor in actors_of(session)] == [2, 4, 7]
        assert [actor.values.get("Other") for actor in actors_of(session)] == [None, 6, 9]
        assert (
            "1 formulas were saved without their result and count as empty, the first in Customers!C2" in session.test()
        )


def test_other_formats_have_none(tmp_path: Path) -> None:
    assert formulas_without_result(write_ods(tmp_path / "a.ods", {"Customers": [["KEY"], ["1"]]})) == []
