"""Files as messy as they come: whatever an export looks like, its rows arrive, or one message says why not."""

import gzip
import tempfile
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from recsys import Project
from recsys.blocks import Source
from recsys.errors import RecsysError
from recsys.inspection import rendered
from recsys.preview import preview
from recsys.readers import find_files

SALES = {"user_id": "card", "item_id": "sku", "quantity": "qty"}
PLAIN = "card,sku,qty\nu1,i1,2\nu2,i2,3\n"
PLAIN_ROWS = [("u1", "i1", 2), ("u2", "i2", 3)]


def sales(origin="sales.csv", **more) -> list[dict]:
    return [{"from": origin, "columns": SALES, **more}]


def rows(loaded) -> list[tuple]:
    return loaded.rows("user_id", "item_id", "quantity")


def write_with_duckdb(folder: Path, name: str, select: str, options: str = "") -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    duckdb.connect().execute(f"copy ({select}) to '{folder / name}' {options}")


SELECT = "select * from (values ('u1', 'i1', 2), ('u2', 'i2', 3)) as t(card, sku, qty)"


@pytest.mark.parametrize("content, form", [
    (PLAIN, {}),
    (PLAIN.replace("\n", "\r\n"), {}),
    (PLAIN.replace(",", ";"), {}),
    (PLAIN.replace(",", "|"), {}),
    (PLAIN.replace(",", "^"), {"delimiter": "^"}),
    ("\ufeff" + PLAIN, {}),
    (PLAIN.encode("utf-16"), {"encoding": "utf-16"}),
    ('"card","sku","qty"\n"u1","i1","2"\n"u2","i2","3"\n', {}),
    ("card,sku,qty\n'u1','i1','2'\n'u2','i2','3'\n", {"quote": "'"}),
    ("exported 2024\n" + PLAIN, {"skip": 1}),
    ("u1,i1,2\nu2,i2,3\n", {"columns": ["card", "sku", "qty"]}),
    (PLAIN.rstrip("\n"), {}),
])
def test_a_csv_is_read_whatever_its_dialect(load, content, form):
    assert rows(load({"sales.csv": content}, interactions=sales(format=form))) == PLAIN_ROWS


def test_a_tsv_is_read(load):
    assert rows(load({"sales.tsv": PLAIN.replace(",", "\t")}, interactions=sales("sales.tsv"))) == PLAIN_ROWS


def test_a_semicolon_csv_with_decimal_comma_keeps_its_numbers(load):
    content = "card;sku;qty\nu1;i1;1,5\nu2;i2;1.234,25\nu3;i3;-0,5\nu4;i4;\n"
    loaded = load({"sales.csv": content}, interactions=sales(format={"delimiter": ";", "decimal": ","}))
    assert loaded.column("quantity") == [1.5, 1234.25, -0.5, None]
    assert loaded.column("trouble_reason") == [None] * 4


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-8-sig", "cp850", "mac-roman"])
def test_letters_survive_every_encoding(load, encoding):
    content = "card,sku,qty\nJürgen,Crème brûlée,1\n".encode(encoding)
    loaded = load({"sales.csv": content}, interactions=sales(format={"encoding": encoding}))
    assert rows(loaded) == [("Jürgen", "Crème brûlée", 1)]


def test_the_euro_sign_of_windows_is_read(load):
    loaded = load({"sales.csv": "card,sku,qty\nu1,5 €,1\n".encode("cp1252")}, interactions=sales(format={"encoding": "cp1252"}))
    assert loaded.column("item_id") == ["5 €"]


def test_files_of_one_name_in_several_folders_are_all_rewritten_and_read(load):
    files = {f"{month}/sales.csv": f"card,sku,qty\nü{month},i,1\n".encode("cp1252") for month in ("01", "02")}
    files["02/sales.csv.gz"] = gzip.compress("card,sku,qty\nüz,i,1\n".encode("cp1252"))
    loaded = load(files, interactions=sales("*/sales.csv*", format={"encoding": "cp1252"}))
    assert sorted(loaded.column("user_id")) == ["ü01", "ü02", "üz"]


def test_a_wrong_encoding_is_said_with_the_byte(load):
    with pytest.raises(RecsysError, match=r"\[\[interactions\]\] sales: .*sales.csv is not cp1252 \(byte 13\)"):
        load({"sales.csv": b"card,sku,qty\n\x81,i,1\n"}, interactions=sales(format={"encoding": "cp1252"}))
    with pytest.raises(RecsysError, match="unknown encoding 'klingon'. Usual: utf-8"):
        load({"sales.csv": PLAIN}, interactions=sales(format={"encoding": "klingon"}))


def test_a_latin_1_file_that_is_called_utf_8_says_so(load):
    content = "card,sku,qty\nü,i,1\n".encode("latin-1")
    with pytest.raises(RecsysError, match="no line that can be read; line 2: .*not utf-8"):
        load({"sales.csv": content}, interactions=sales())


def test_quotes_that_first_appear_far_down_are_quotes_all_the_same(load):
    content = "card,sku,qty\n" + "u,i,1\n" * 30_000 + '"u, the ""late""",i,2\n'
    assert load({"sales.csv": content}, interactions=sales()).column("user_id")[-1] == 'u, the "late"'


def test_quotes_that_are_only_letters_do_not_stop_a_file(load):
    content = 'card,sku,qty\nu1,"Great" show,1\nu2,5" disk,2\n'
    assert load({"sales.csv": content}, interactions=sales()).column("item_id") == ['"Great" show', '5" disk']


def test_a_line_break_inside_quotes_is_part_of_the_field(load):
    assert load({"sales.csv": 'card,sku,qty\nu1,"two\nlines",1\n'}, interactions=sales()).column("item_id") == ["two\nlines"]


def test_words_for_nothing_become_empty(load):
    content = "card,sku,qty\nu1,\\N,1\n-,i2,2\n,i3,3\n"
    loaded = load({"sales.csv": content}, interactions=sales(format={"null": ["\\N", "-"]}))
    assert loaded.rows("user_id", "item_id") == [("u1", None), (None, "i2"), (None, "i3")]


@pytest.mark.parametrize("name, options", [
    ("sales.csv.gz", "(format csv, header, compression gzip)"),
    ("sales.csv.zst", "(format csv, header, compression zstd)"),
    ("sales.tsv.gz", "(format csv, header, delimiter '\t', compression gzip)"),
    ("sales.parquet", "(format parquet)"),
    ("sales.json", "(format json, array true)"),
    ("sales.jsonl", "(format json)"),
    ("sales.ndjson.gz", "(format json, compression gzip)"),
    ("Sales March.CSV", "(format csv, header)"),
])
def test_every_usual_kind_of_file_is_read(load, tmp_path, name, options):
    write_with_duckdb(tmp_path, name, SELECT, options)
    loaded = load(interactions=sales(name))
    assert rows(loaded) == PLAIN_ROWS
    assert set(loaded.column("file_path")) == {str(tmp_path / name)}


def test_a_glob_is_read_in_the_order_of_the_names(load, tmp_path):
    files = {f"sales_{month}.csv": f"card,sku,qty\nu{month},i,1\n" for month in ("2024-02", "2024-01", "2024-03")}
    loaded = load(files, interactions=sales("sales_*.csv"))
    assert loaded.column("user_id") == ["u2024-01", "u2024-02", "u2024-03"]
    assert loaded.column("source_row") == [1, 2, 3]
    assert loaded.column("file_path") == [str(tmp_path / name) for name in sorted(files)]
    assert set(loaded.column("source")) == {"sales"}


def test_a_list_may_hold_files_and_globs_and_reads_no_file_twice(load):
    files = {name: f"card,sku,qty\n{name},i,1\n" for name in ("a.csv", "b1.csv", "b2.csv")}
    assert load(files, interactions=sales(["b*.csv", "a.csv", "b1.csv"])).column("user_id") == ["b1.csv", "b2.csv", "a.csv"]


@pytest.mark.parametrize("second", [
    "qty,card,sku\n3,u2,i2\n",
    "qty;card;sku;new\n3;u2;i2;x\n",
    "QTY,Card,SKU\n3,u2,i2\n",
])
def test_csv_files_with_other_column_orders_and_more_columns_come_together_by_name(load, tmp_path, second):
    loaded = load({"s1.csv": PLAIN, "s2.csv": second, "s3.csv": PLAIN}, interactions=sales("s*.csv"))
    assert sorted(rows(loaded)) == sorted(PLAIN_ROWS + [("u2", "i2", 3)] + PLAIN_ROWS)
    assert {(name, file) for name, file in loaded.rows("user_id", "file_path")} == {
        ("u1", str(tmp_path / "s1.csv")), ("u2", str(tmp_path / "s1.csv")), ("u2", str(tmp_path / "s2.csv")),
        ("u1", str(tmp_path / "s3.csv")), ("u2", str(tmp_path / "s3.csv")),
    }
    assert sorted(loaded.column("source_row")) == [1, 2, 3, 4, 5]


def test_a_column_that_some_files_lack_is_empty_there(load):
    files = {"s1.csv": "card,sku\nu1,i1\n", "s2.csv": "card,sku,qty\nu2,i2,3\n"}
    assert rows(load(files, interactions=sales("s*.csv"))) == [("u1", "i1", None), ("u2", "i2", 3)]


@pytest.mark.parametrize("name, options", [("part{}.parquet", "(format parquet)"), ("part{}.jsonl", "(format json)")])
def test_parquet_and_json_files_with_other_columns_come_together_by_name(load, tmp_path, name, options):
    write_with_duckdb(tmp_path, name.format(1), "select 'u1' as card, 'i1' as sku", options)
    write_with_duckdb(tmp_path, name.format(2), "select 3 as qty, 'i2' as sku, 'u2' as card", options)
    assert rows(load(interactions=sales(name.format("*")))) == [("u1", "i1", None), ("u2", "i2", 3)]


@pytest.mark.parametrize("name, options", [("part{}.csv", "(header)"), ("part{}.parquet", "(format parquet)")])
def test_a_file_that_calls_the_user_otherwise_does_not_pass_for_one_of_guests(load, tmp_path, name, options):
    write_with_duckdb(tmp_path, name.format(1), SELECT, options)
    write_with_duckdb(tmp_path, name.format(2), "select 'u2' as cart, 'i2' as sku, 3 as qty", options)
    with pytest.raises(RecsysError, match=r"columns.user_id = 'card': part2\S* has no column 'card'. Did you mean 'cart'\?"):
        load(interactions=sales(name.format("*")))


def test_an_expression_that_chooses_may_name_what_only_some_files_have(load):
    files = {"s1.csv": "card,sku,qty\nu1,i1,2\n", "s2.csv": "cart,sku,qty\nu2,i2,3\n"}
    named = {**SALES, "user_id": "coalesce(card, cart)"}
    assert rows(load(files, interactions=[{"from": "s*.csv", "columns": named}])) == PLAIN_ROWS


def test_a_name_with_the_characters_of_a_glob_is_that_file(load):
    files = {"sales [1].csv": PLAIN, "sales 1.csv": "card,sku,qty\nno,no,1\n"}
    assert rows(load(files, interactions=sales("sales [1].csv"))) == PLAIN_ROWS


@pytest.mark.parametrize("end", ["", ";", "  -- the large ones"])
def test_an_attached_database_is_queried(load, tmp_path, end):
    with duckdb.connect(tmp_path / "shop.duckdb") as shop:
        shop.execute(f"create table events as {SELECT}")
    block = {"name": "shop", "query": "select * from shop.events where qty > 2" + end, "columns": SALES}
    loaded = load(attach={"shop": "shop.duckdb"}, interactions=[block])
    assert rows(loaded) == [("u2", "i2", 3)]
    assert loaded.column("file_path") == [None]


def test_a_query_may_read_files_of_the_project_folder(load):
    block = {"name": "own", "query": "select * from read_csv('sales.csv') where qty > 2", "columns": SALES}
    assert rows(load({"sales.csv": PLAIN}, interactions=[block])) == [("u2", "i2", 3)]


def test_an_attached_file_that_is_missing_or_no_database_is_named(load, tmp_path):
    (tmp_path / "shop.duckdb").write_text("no database")
    with pytest.raises(RecsysError, match=r"\[attach\] shop: no file .*shops.duckdb. Did you mean 'shop.duckdb'"):
        load(attach={"shop": "shops.duckdb"})
    (tmp_path / "shop.csv").write_text("user,item\nu1,i1\n")
    for name in ("shop.duckdb", "shop.csv"):
        with pytest.raises(RecsysError, match=rf"recsys.toml: \[attach\] shop: .*{name} is not a DuckDB file. What is no database is named in `from`"):
            load(attach={"shop": name})


def test_a_data_frame_is_a_source(load):
    frame = pd.DataFrame({"card": ["u1", "u2"], "sku": ["i1", "i2"], "qty": [2, 3]})
    assert rows(load(interactions=sales(frame))) == PLAIN_ROWS


@pytest.mark.parametrize("name, content", [
    ("sales.csv", "card,sku,qty\n"), ("sales.csv", "card,sku,qty"), ("sales.tsv", "card\tsku\tqty\r\n"),
    ("sales.csv.gz", gzip.compress(b"card,sku,qty\n", mtime=0)),
])
def test_a_file_with_a_header_but_no_rows_is_an_error(load, name, content):
    with pytest.raises(RecsysError, match=r"\[\[interactions\]\] sales: sales.* has a header but no rows"):
        load({name: content}, interactions=sales(name))


def test_sources_of_items_and_users_without_rows_are_errors_as_well(load, tmp_path):
    write_with_duckdb(tmp_path, "items.parquet", "select 'i1' as sku where false", "(format parquet)")
    with pytest.raises(RecsysError, match=r"\[\[items\]\] items: items.parquet has no rows"):
        load(items=[{"from": "items.parquet", "columns": {"item_id": "sku"}}])
    with pytest.raises(RecsysError, match=r"\[\[users\]\] people: people.csv has a header but no rows"):
        load({"people.csv": "card\n"}, users=[{"from": "people.csv", "columns": {"user_id": "card"}}])
    with pytest.raises(RecsysError, match=r"\[\[users\]\] no. 1: there are no rows"):
        load(users=[{"query": "select 'u' as card where false", "columns": {"user_id": "card"}}])
    with pytest.raises(RecsysError, match=r"\[\[users\]\] no. 1: there are no rows"):
        load(users=[{"from": pd.DataFrame({"card": []}), "columns": {"user_id": "card"}}])


def test_an_empty_file_among_full_ones_is_no_error_when_it_has_a_header(load):
    assert rows(load({"s1.csv": PLAIN, "s2.csv": "card,sku,qty\n"}, interactions=sales("s*.csv"))) == PLAIN_ROWS


def test_a_file_of_0_bytes_is_an_error(load):
    with pytest.raises(RecsysError, match=r"sales.csv is empty \(0 bytes\)"):
        load({"sales.csv": ""}, interactions=sales())


@pytest.mark.parametrize("name", ["sales.parquet", "sales.json", "sales.csv.gz"])
def test_junk_under_a_known_name_is_an_error_that_names_the_source(load, name):
    with pytest.raises(RecsysError, match=r"\[\[interactions\]\] sales: .*cannot be read: ") as error:
        load({name: b"\x00\x01 this is { junk"}, interactions=sales(name))
    assert "\n" not in str(error.value)


def test_a_missing_file_is_named_with_the_near_match(load, tmp_path):
    with pytest.raises(RecsysError, match=r"\[\[interactions\]\] salse: no file .*salse.csv. Did you mean 'sales.csv'"):
        load({"sales.csv": PLAIN}, interactions=sales("salse.csv"))
    with pytest.raises(RecsysError, match=r"no file .*\*.parquet"):
        load(interactions=sales("*.parquet"))
    with pytest.raises(RecsysError, match=r"There is no folder .*exports"):
        load(interactions=sales("exports/sales.csv"))


def test_a_folder_an_unknown_kind_and_a_mixture_are_refused_with_advice(load, tmp_path):
    (tmp_path / "exports").mkdir()
    with pytest.raises(RecsysError, match=r"exports is a folder; name its files: exports/\*.csv"):
        load(interactions=sales("exports"))
    with pytest.raises(RecsysError, match="sales.xlsx is of a kind that is not read. .*save it as csv"):
        load({"sales.xlsx": b"PK"}, interactions=sales("sales.xlsx"))
    with pytest.raises(RecsysError, match="are of different kinds: make them two sources"):
        load({"a.csv": PLAIN, "a.json": "[]"}, interactions=sales("a.*"))


def test_a_source_that_is_no_file_is_refused(tmp_path):
    with pytest.raises(RecsysError, match="`from` is a file, a glob, a list of them or a DataFrame, not 3"):
        find_files(Source("interactions", "s", "here", origin=3), tmp_path)


def test_a_line_with_too_many_fields_is_kept_with_its_number(load, tmp_path):
    content = "card,sku,qty\nu1,i1,2\nu2,i2,3,oops\nu3,i3,4\n"
    loaded = load({"sales.csv": content}, interactions=sales())
    assert loaded.column("user_id") == ["u1", "u3"]
    lines = loaded.unreadable("input", "source", "file_path", "source_file", "file_line_no", "trouble_value", "trouble_reason")
    assert lines == [
        ("interactions", "sales", str(tmp_path / "sales.csv"), "sales.csv", 3, "u2,i2,3,oops",
         "too many columns: Expected Number of Columns: 3 Found: 4"),
    ]


def test_unreadable_lines_are_found_in_every_file_of_a_source_once(load):
    files = {
        "a.csv": "card,sku,qty\nu1,i1,2\nu2,i2,3,x,y,z\n",
        "b.csv": "sku,qty,card\ni3,1,u3\ni4,2\n",
        "c.csv": "card,sku,qty\nu5,i5,5\nu6,i6,6,x\n",
    }
    loaded = load(files, interactions=sales("*.csv"), items=[{"from": "c.csv", "columns": {"item_id": "sku"}}])
    lines = loaded.unreadable("input", "source_file", "file_line_no")
    assert lines == [("interactions", "a.csv", 3), ("interactions", "b.csv", 3), ("interactions", "c.csv", 3), ("items", "c.csv", 3)]
    assert loaded.column("user_id") == ["u1", "u5", "u3"]


def test_a_file_without_a_single_readable_line_is_not_forgotten(load):
    files = {"s1.csv": PLAIN, "s2.csv": "card,sku,qty\nu3,i3,1,x\nu4,i4,1,x,y\n"}
    loaded = load(files, interactions=sales("s*.csv"))
    assert rows(loaded) == PLAIN_ROWS
    assert loaded.unreadable("source_file", "file_line_no") == [("s2.csv", 2), ("s2.csv", 3)]


def test_files_are_called_what_the_project_file_calls_them(load, tmp_path):
    outside = tmp_path.parent / f"{tmp_path.name}_outside.csv"
    outside.write_text(PLAIN)
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "old.csv").write_bytes("card,sku,qty\nµ,i,1\n".encode("cp1252"))
    loaded = load(interactions=[
        {"name": "old", "from": "exports/*.csv", "format": {"encoding": "cp1252"}, "columns": SALES},
        {"name": "near", "from": f"../{outside.name}", "columns": SALES},
        {"name": "far", "from": str(outside), "columns": SALES},
        {"name": "own", "from": str(tmp_path / "exports" / "old.csv"), "format": {"encoding": "cp1252"}, "columns": SALES},
        {"name": "none", "query": "select 'u' as card, 'i' as sku, 1 as qty", "columns": SALES},
    ])
    assert dict(loaded.rows("source", "source_file", of="files")) == {
        "old": "exports/old.csv", "near": f"../{outside.name}", "far": str(outside), "own": "exports/old.csv"}
    read = dict(loaded.rows("source", "file_path"))
    assert read["none"] is None and read["old"] != str(tmp_path / "exports" / "old.csv")
    assert read == {"none": None} | dict(loaded.rows("source", "file_path", of="files"))


@pytest.mark.parametrize("name", ["Sales, EU, all", "Sales [1]", "Ann's sales"])
def test_files_in_a_query_are_found_beside_the_project_file_whatever_its_folder_is_called(tmp_path, monkeypatch, name):
    folder, temp = tmp_path / name, tmp_path / "temp"
    temp.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temp))
    (folder / "exports").mkdir(parents=True)
    (folder / "exports" / "sales.csv").write_text("who,what\nann,tea\nbob,tea\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    query = "select * from 'exports/*.csv'"
    project = Project(folder, {"interactions": [{"name": "till", "query": query, "columns": {
        "user_id": "who", "item_id": "what", "line_amount": "1"}}]})
    project.refresh()
    assert project.table("item_profiles")["customer_count"].tolist() == [2]
    assert "exports/*.csv" in rendered(project, "raw.interactions")
    assert preview(project.config, project.library, project.params, "till").raw["who"].tolist() == ["ann", "bob"]
    assert list(temp.iterdir()) == []
