from __future__ import annotations

import os
import zipfile
from pathlib import Path

import openpyxl
import pytest

from erp_import_plugin.connector_api import ActorRef, ActorType, ListItem, Operator, Query, Restriction, Sort
from erp_import_plugin.connector_host import ConnectorFailure, Recovery
from tests.connectors.workbook.helpers import REGISTRY, actors_of, session_on, write_ods, write_xlsx

CUSTOMER, SUPPLIER, PERSON, PROJECT = ActorType.CUSTOMER, ActorType.SUPPLIER, ActorType.PERSON, ActorType.PROJECT
SHEETS = {
    "Kunder": [
        ["Key", "Name", "postal code", "CATEGORY", "Shoe size"],
        [1, "Acme", "0150", "Big", 42],
        [2, "Bolt", "", "b", 43],
    ],
    "Leverantörer": [["NUMBER2", "NAME"], ["007", "Delta"]],
    "Personen": [
        ["KEY", "LASTNAME", "PARENT", "PARENTTYPE", "LEGALENTITY"],
        ["p1", "Olsen", 1, "", "NO"],
        ["p2", "Berg", "007", "", "NO"],
        ["p3", "Dahl", "2", "vendor", "NO"],
        ["p4", "Ek", "", "", "NO"],
        ["p4", "Ek", "", "", "SE"],
    ],
    "Notes": [["anything", "goes"], ["here", 1]],
    "List CATEGORY": [["key", "label"], ["A", "Big"], ["B", "Small"]],
}  # fmt: skip


@pytest.mark.parametrize("write", [write_xlsx, write_ods])
def test_a_workbook_is_read_by_its_sheet_names_and_headers(write: object, tmp_path: Path) -> None:
    suffix = "xlsx" if write is write_xlsx else "ods"
    path = write(tmp_path / f"erp.{suffix}", SHEETS)  # type: ignore[operator]
    with session_on(path) as session:
        assert session.actor_types() == (CUSTOMER, SUPPLIER, PERSON)
        acme, bolt = actors_of(session)
        assert (acme.key, bolt.key) == ("1", "2")
        assert acme.values == {"KEY": "1", "NAME": "Acme", "POSTALZIP": "0150", "CATEGORY": "A", "Shoe size": 42}
        assert bolt.values["CATEGORY"] == "B"
        assert [actor.key for actor in actors_of(session, SUPPLIER)] == ["007"]
        assert [(actor.key, actor.parent, actor.legal_entity) for actor in actors_of(session, PERSON)] == [
            ("p1", ActorRef(CUSTOMER, "1"), "NO"),
            ("p2", ActorRef(SUPPLIER, "007"), "NO"),
            ("p3", ActorRef(SUPPLIER, "2"), "NO"),
            ("p4", None, "NO"),
            ("p4", None, "SE"),
        ]
        assert session.list_items("CATEGORY") == (ListItem("A", "Big"), ListItem("B", "Small"))
        assert session.test() == f"erp.{suffix}: 2 of type Customer, 1 of type Supplier, 5 of type Person."


def customers(tmp_path: Path, *rows: list[object], name: str = "erp.xlsx") -> Path:
    return write_xlsx(tmp_path / name, {"Customers": rows})


def numbered(tmp_path: Path, count: int) -> Path:
    rows = [[f"K{number}", f"N{number % 10}", number, f"2024-01-{number % 28 + 1:02d}"] for number in range(count)]
    return customers(tmp_path, ["KEY", "NAME", "Credit", "LASTMODIFIED"], *rows)


def test_pages_follow_each_other_and_the_platform_filters(tmp_path: Path) -> None:
    with session_on(numbered(tmp_path, 95)) as session:
        pages = list(session.search([], CUSTOMER, ["NAME"], page_size=40))
        assert [len(page.actors) for page in pages] == [40, 40, 15]
        assert pages[0].total == 95
        high = Restriction("Credit", Operator.GREATER_OR_EQUAL, (90,))
        named = Restriction("NAME", Operator.EQUALS, ("n3",))
        found = [actor.key for page in session.search([[high, named]], CUSTOMER, []) for actor in page.actors]
        assert found == ["K93"]


def test_sorting_puts_empty_values_last(tmp_path: Path) -> None:
    path = customers(tmp_path, ["KEY", "NAME"], ["1", "b"], ["2", None], ["3", "A"], ["4", "c"])
    with session_on(path) as session:
        for descending, keys in ((False, ["3", "1", "4", "2"]), (True, ["4", "1", "3", "2"])):
            pages = session.search([], CUSTOMER, ["NAME"], sort=Sort("NAME", descending=descending), page_size=3)
            assert [actor.key for page in pages for actor in page.actors] == keys


def test_get_finds_by_key_and_gives_only_the_wanted_fields(tmp_path: Path) -> None:
    with session_on(numbered(tmp_path, 10)) as session:
        fetched = session.get(CUSTOMER, ["K3", "gone", "K1"], ["NAME"])
    assert {actor.key: actor.values for actor in fetched.actors} == {"K1": {"NAME": "N1"}, "K3": {"NAME": "N3"}}
    assert fetched.missing == ("gone",)


def test_changes_are_told_by_their_mark(tmp_path: Path) -> None:
    rows = [["1", date] for date in ["2024-01-05"]] + [["2", "2024-01-06"], ["3", ""]]
    with session_on(customers(tmp_path, ["KEY", "LASTMODIFIED"], *rows)) as session:
        changed = [actor.key for page in session.changes(CUSTOMER, "2024-01-06", []) for actor in page.actors]
    assert changed == ["2", "3"]


def test_a_counter_as_mark_is_ordered_as_text(tmp_path: Path) -> None:
    with session_on(customers(tmp_path, ["KEY", "LASTMODIFIED"], ["1", 9], ["2", 10], ["3", 100])) as session:
        marks = [actor.last_modified for actor in actors_of(session)]
    assert marks == sorted(marks)
    assert len(set(marks)) == 3


def test_the_file_is_read_again_only_when_it_has_changed(tmp_path: Path) -> None:
    path = customers(tmp_path, ["KEY", "NAME"], ["1", "before"])
    loaded = REGISTRY.get("workbook")
    assert loaded is not None
    books = loaded.connector._books  # type: ignore[attr-defined]
    session_on(path).close()
    first = books[path, None]
    session_on(path).close()
    assert books[path, None] is first
    customers(tmp_path, ["KEY", "NAME"], ["1", "after"])
    os.utime(path, ns=(1, 1))
    with session_on(path) as session:
        assert actors_of(session)[0].values["NAME"] == "after"


def test_a_file_that_changes_during_a_search_stops_it(tmp_path: Path) -> None:
    path = numbered(tmp_path, 30)
    connector = REGISTRY.get("workbook")
    assert connector is not None
    with session_on(path) as old:
        page = old._session.search(_query(), None)
        numbered(tmp_path, 31)
        with session_on(path) as new, pytest.raises(Exception, match="was changed while it was being read"):
            new._session.search(_query(), page.next)


def _query() -> Query:
    return Query(CUSTOMER, page_size=10)


def failure(path: Path, actor_type: str = "sheets") -> str:
    """What opening the file says; it must be the admin's to fix, at the field for the file."""
    with pytest.raises(ConnectorFailure) as caught:
        session_on(path, actor_type)
    assert caught.value.recovery is Recovery.FIX
    assert caught.value.field == "file"
    return str(caught.value.message)


def test_files_that_are_no_workbook_are_refused_with_a_sentence(tmp_path: Path) -> None:
    for name, content in {
        "page.xlsx": b"<html>Sign in</html>",
        "empty.xlsx": b"",
        "cut.ods": b"PK\x03\x04 cut",
    }.items():
        (tmp_path / name).write_bytes(content)
        assert failure(tmp_path / name) == f"{name} is not a workbook, whatever its name says."
    (tmp_path / "x.pdf").write_bytes(b"%PDF")
    assert failure(tmp_path / "x.pdf").startswith("x.pdf is not a kind of file that can be read.")
    assert failure(tmp_path / "gone.xlsx").startswith("There is no file “gone.xlsx” in the ERP files folder.")


def test_a_zip_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert "is damaged and cannot be read" in failure(tmp_path / "zip.xlsx")


def test_a_workbook_protected_by_a_password() -> None:
    assert "protected by a password" in failure(Path(__file__).with_name("data") / "protected.xlsx")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "Sheet Customers is empty. The first row must name the columns, one of them KEY."),
        ([["Acme", "Oslo"], ["Bolt", "Bergen"]], "Sheet Customers has no key column."),
        ([["KEY", "Name", "NAME"], [1, 2, 3]], "the columns “Name” and “NAME” are the same field, NAME"),
        ([["KEY", "Postal code", "postalzip"], [1, 2, 3]], "are the same field, POSTALZIP"),
        ([["KEY", "NAME"], [1, "a"], [2, "b"], [1, "c"]], "the key 1 is in row 2 and again in row 4"),
        ([["KEY", "PARENT", "PARENTTYPE"], [1, 2, "Dog"]], "row 2: “Dog” is no type of a parent"),
    ],
)
def test_a_sheet_someone_has_to_change(tmp_path: Path, rows: list[list[object]], message: str) -> None:
    assert message in failure(customers(tmp_path, *rows))


def test_sheets_someone_has_to_rename(tmp_path: Path) -> None:
    both = {"Customers": [["KEY"], [1]], "Kunden": [["KEY"], [1]]}
    assert "the sheets Customers and Kunden both hold the type Customer" in failure(
        write_xlsx(tmp_path / "a.xlsx", both)
    )
    assert "has no sheet of actors" in failure(write_xlsx(tmp_path / "b.xlsx", {"Sheet1": [["KEY"], [1]]}))
    double = {"Customers": [["KEY"], [1]], "List X": [["key", "label"], ["A", "1"], ["A", "2"]]}
    assert "Sheet List X: the key A is there twice" in failure(write_xlsx(tmp_path / "c.xlsx", double))
    nameless = {"Customers": [["KEY"], [1]], "List X": [["a", "b"], ["A", "1"]]}
    assert "Sheet List X: the first row must name" in failure(write_xlsx(tmp_path / "d.xlsx", nameless))


def test_a_single_sheet_of_any_name_is_what_the_connection_says(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "one.xlsx", {"Sheet1": [["KEY", "NAME"], [1, "Acme"]]})
    with session_on(path, "Supplier") as session:
        assert session.actor_types() == (SUPPLIER,)


def test_three_hundred_columns(tmp_path: Path) -> None:
    header = ["KEY", *(f"Column {number}" for number in range(299))]
    with session_on(customers(tmp_path, header, ["1", *range(299)])) as session:
        assert len(session.fields(CUSTOMER)) == 300
        assert actors_of(session)[0].values["Column 298"] == 298


def test_blank_rows_a_late_header_rows_without_key_and_nameless_columns(tmp_path: Path) -> None:
    path = customers(
        tmp_path, [None], ["", " "], ["KEY", "NAME", None], [None], ["1", "Acme", "lost"], [None, "No key", None], ["2"]
    )
    with session_on(path) as session:
        pages = list(session.search([], CUSTOMER, ["NAME"]))
        assert [actor.key for actor in pages[0].actors] == ["1", "2"]
        assert "Actor 2 of the page was left out" in pages[0].rejected[0].reason
        said = session.test()
    assert "1 rows of type Customer have no key" in said
    assert "1 columns of type Customer have no name" in said


def test_merged_cells_belong_to_the_top_left_one(tmp_path: Path) -> None:
    path = customers(tmp_path, ["KEY", "NAME", "TEXT"], ["1", "Acme", None], ["2", None, None])
    book = openpyxl.load_workbook(path)
    book["Customers"].merge_cells("B2:C3")
    book.save(path)
    with session_on(path) as session:
        assert [actor.values.get("NAME") for actor in actors_of(session)] == ["Acme", None]


def test_odd_texts_come_through_unchanged(tmp_path: Path) -> None:
    odd = ["<b>x</b>", "O'Neill", "שלום", "e\u0301", "100 %", "😀"]
    rows = [[str(number), text] for number, text in enumerate(odd)]
    with session_on(customers(tmp_path, ["KEY", "NAME"], *rows)) as session:
        assert [actor.values["NAME"] for actor in actors_of(session)] == odd


def test_a_known_date_column_names_what_is_no_date(tmp_path: Path) -> None:
    rows = {"Persons": [["KEY", "BIRTHDATE"], ["1", "17.05.1970"], ["2", "1970-05-17"], ["3", "30.02.1970"]]}
    with session_on(write_xlsx(tmp_path / "p.xlsx", rows)) as session:
        actors = actors_of(session, PERSON)
        assert [str(actor.values.get("BIRTHDATE")) for actor in actors] == ["1970-05-17", "1970-05-17", "None"]
        assert "“30.02.1970” is no date" in actors[2].problems[0]  # type: ignore[attr-defined]


def test_lists_without_a_sheet_are_what_the_cells_hold(tmp_path: Path) -> None:
    path = customers(
        tmp_path, ["KEY", "CATEGORY", "INTERESTS"], [1, "Big", "Golf; Wine ;golf"], [2, "Small", ""], [3, "big", ""]
    )
    with session_on(path) as session:
        assert session.list_items("CATEGORY") == (ListItem("Big", "Big"), ListItem("Small", "Small"))
        assert session.list_items("INTERESTS") == (ListItem("Golf", "Golf"), ListItem("Wine", "Wine"))
        actors = actors_of(session)
        assert [actor.values["CATEGORY"] for actor in actors] == ["Big", "Small", "Big"]
        assert actors[0].values["INTERESTS"] == ("Golf", "Wine")
        with pytest.raises(ConnectorFailure, match="no list named NOWHERE"):
            session.list_items("NOWHERE")


def test_an_own_list_sheet_makes_an_own_column_a_list(tmp_path: Path) -> None:
    sheets = {"Customers": [["KEY", "Region"], ["1", "North"]], "List Region": [["code", "name"], ["N", "North"]]}
    with session_on(write_xlsx(tmp_path / "r.xlsx", sheets)) as session:
        assert actors_of(session)[0].values["Region"] == "N"
