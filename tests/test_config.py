"""Every slip in a project file is answered with the file, the key and what is near; what is right is taken as meant."""

import pytest

from recsys.config import read_config
from recsys.errors import RecsysError
from recsys.project import Project

GOOD = """
database = "out/shop.duckdb"
timezone = "Europe/Berlin"
currency = "EUR"

[[interactions]]
name = "store"
from = "sales_*.csv"
key = "line"
latest_by = "exported_at"
constants = { channel = "store" }
format = { delimiter = ";", decimal = ",", date = ["%d.%m.%Y"] }
[interactions.columns]
user_id = "card"
line_amount = "qty * price"

[[users]]
from = ["people.csv"]
private = ["age_group"]
constants = { programme = "gold" }
[users.columns]
user_id = "card"
age_group = "age"
[users.contact]
email = "mail"

[attach]
shop = "shop.duckdb"

[params]
recommendation = { top_n = 5 }
"""
LEAST = '[[interactions]]\nfrom = "s.csv"\n[interactions.columns]\nuser_id = "u"\n'


@pytest.fixture
def read(tmp_path):
    def read(text: str):
        (tmp_path / "recsys.toml").write_text(text, encoding="utf-8")
        return read_config(tmp_path)

    return read


def test_a_project_file_is_taken_as_it_is_meant(read, tmp_path):
    config = read(GOOD)
    assert config.database == tmp_path / "out" / "shop.duckdb"
    assert config.project == {"timezone": "Europe/Berlin", "currency": "EUR"}
    assert config.params == {"recommendation.top_n": 5}
    assert config.attach == {"shop": "shop.duckdb"}
    store, users = config.of("interactions")[0], config.of("users")[0]
    assert (store.name, store.key, store.latest_by) == ("store", ("line",), "exported_at")
    assert store.constants == {"channel": "store", "event_type": "purchase"}
    assert (users.name, users.attributes, users.private) == ("people", ["age_group", "programme"], ("age_group",))


def test_the_published_file_has_a_name_of_its_own_when_none_is_given(read, tmp_path):
    assert read(LEAST).database == tmp_path / "recsys.duckdb"


def test_a_dict_of_the_same_shape_needs_no_file(tmp_path):
    block = {"from": "s.csv", "columns": {"user_id": "u"}}
    assert read_config(tmp_path, {"interactions": [block]}).of("interactions")[0].origin == "s.csv"


@pytest.mark.parametrize("origin, name", [
    ('"exports/store_sales_*.parquet"', "store_sales"), ('"sales.csv.gz"', "sales"), ('["b.csv", "a.csv"]', "b"), ('"*.csv"', "interactions"),
])
def test_a_source_without_a_name_is_called_after_its_file(read, origin, name):
    assert read(LEAST.replace('"s.csv"', origin)).sources[0].name == name


def test_a_byte_order_mark_before_the_file_does_not_matter(read):
    assert read("\ufeff" + LEAST).sources


@pytest.mark.parametrize("old, new, message", [
    ("currency =", "curency =", "unknown key 'curency'. Did you mean 'currency'"),
    ('database = "out/shop.duckdb"', "database = 3", "database is text, not 3"),
    ('database = "out/shop.duckdb"', 'database = ".recsys/workspace.duckdb"', "database: .recsys is the workspace's own; name a file outside it"),
    ('timezone = "Europe/Berlin"', 'timezone = "Europe/Berln"', "timezone is an IANA name .* not 'Europe/Berln'. Did you mean 'Europe/Berlin'"),
    ("[[users]]", "[[user]]", "unknown key 'user'. Did you mean 'users'"),
    ("[attach]\nshop", "[attach]\nshop = 3\nother", r"\[attach\] names DuckDB files"),
    ("recommendation = { top_n = 5 }", "top_n = 5", r"\[params\] holds a table per folder"),
])
def test_a_slip_at_the_top_is_named(read, tmp_path, old, new, message):
    with pytest.raises(RecsysError, match=message) as error:
        read(GOOD.replace(old, new, 1))
    assert str(tmp_path / "recsys.toml") in str(error.value)


@pytest.mark.parametrize("old, new, message", [
    ("latest_by =", "latest_bye =", "unknown key 'latest_bye'. Did you mean 'latest_by'"),
    ('name = "store"', 'name = "store"\nquantity = "qty"', r"unknown key 'quantity'. Columns stand under \[interactions.columns\]"),
    ('from = "sales_*.csv"', 'from = "s.csv"\nquery = "select 1"', "with either `from` or `query`"),
    ('from = "sales_*.csv"', "", "with either `from` or `query`"),
    ('line_amount =', 'line_amuont =', "'line_amuont' is no column of interactions. Did you mean 'line_amount'"),
    ('line_amount = "qty * price"', 'line_amount = "a"\nunit_price = "b"', "map line_amount or unit_price, not both"),
    ('line_amount = "qty * price"', "line_amount = 3", "columns.line_amount names a column or an SQL expression, not 3"),
    ('user_id = "card"\nline', 'user_id = ""\nline', "columns.user_id names a column or an SQL expression, not ''"),
    ('user_id = "card"\nline', "line", "neither user_id, item_id nor order_id is mapped"),
    ('key = "line"', "", "latest_by says which of the rows with one `key` counts; there is no key"),
    ('key = "line"', "key = 3", "key is text or a list of texts, not 3"),
    ('key = "line"', "key = [1]", r"key is text or a list of texts, not \[1\]"),
    ('latest_by = "exported_at"', "latest_by = 3", "latest_by is text, not 3"),
    ('name = "store"', "name = 3", "name is text, not 3"),
    ('name = "store"', "where = true", "where is text, not True"),
    ('name = "store"', 'timezone = "Mars"', "timezone is an IANA name"),
    ('constants = { channel = "store" }', 'constants = "store"', "constants is a table, not 'store'"),
    ("channel =", "chanel =", "'chanel' is no column of interactions. Did you mean 'channel'"),
    ("delimiter =", "delimeter =", "unknown format key 'delimeter'. Did you mean 'delimiter'"),
    ('delimiter = ";"', "delimiter = 3", "format.delimiter is text, not 3"),
    ('decimal = ","', 'decimal = ";"', "format.decimal is '.' or ',', not ';'"),
    ('date = ["%d.%m.%Y"]', 'date = "dd.mm.yyyy"', "format.date is written with %d day, .* such as '%d.%m.%Y'; not 'dd.mm.yyyy'"),
    ('date = ["%d.%m.%Y"]', "header = 1", "format.header is true or false, not 1"),
])
def test_a_slip_in_a_source_is_named_with_its_block(read, tmp_path, old, new, message):
    assert old in GOOD
    with pytest.raises(RecsysError, match=message) as error:
        read(GOOD.replace(old, new, 1))
    assert f"{tmp_path / 'recsys.toml'}: [[interactions]] " in str(error.value)


@pytest.mark.parametrize("old, new, message", [
    ('user_id = "card"\nage', "age", r"user_id is not mapped \(the user.*: add it under \[users.columns\]"),
    ('private = ["age_group"]', 'private = ["agegroup"]', "private names 'agegroup', which is not mapped. Did you mean 'age_group'"),
    ('private = ["age_group"]', 'private = "age_group"', "private is a list of texts, not 'age_group'"),
    ('email = "mail"', "email = 3", "contact.email names a column"),
    ('age_group = "age"', '"age group" = "age"', "'age group' is no column of users"),
])
def test_a_slip_in_the_users_is_named_with_its_block(read, old, new, message):
    assert old in GOOD
    with pytest.raises(RecsysError, match=message) as error:
        read(GOOD.replace(old, new, 1))
    assert "[[users]] people" in str(error.value)


@pytest.mark.parametrize("text, message", [
    (LEAST.replace("[[interactions]]", "[interactions]"), r"write \[\[interactions\]\] with two brackets"),
    ("interactions = [1]", r"\[\[interactions\]\] no. 1 is a table of keys, not 1"),
    ('currency = "EUR"', r"no \[\[interactions\]\] block"),
    (LEAST + LEAST, "two interactions sources are called 's': give each its own `name`"),
    (LEAST + '[[items]]\nfrom = "a/i.csv"\ncolumns = { item_id = "i" }\n[[items]]\nfrom = "b/i.csv"\ncolumns = { item_id = "i" }\n',
     "two items sources are called 'i'"),
    (LEAST + '[[identities]]\nfrom = "i.csv"\ncolumns = { id_value = "a" }\n', "map user_id, or other_id_type and other_id_value"),
    (LEAST + '[[exchange_rates]]\ncurrency = "USD"\n', r"rate is not mapped"),
])
def test_what_does_not_hang_together_is_said(read, text, message):
    with pytest.raises(RecsysError, match=message):
        read(text)


def test_sources_of_different_kinds_may_share_a_name(read):
    assert len(read(LEAST + '[[items]]\nfrom = "s.csv"\ncolumns = { item_id = "i" }\n').sources) == 2


def test_a_folder_without_a_project_file_is_told_how_to_get_one(tmp_path):
    with pytest.raises(RecsysError, match="There is no recsys.toml in .*recsys init"):
        read_config(tmp_path)


def test_broken_toml_is_named_with_file_and_line(read, tmp_path):
    with pytest.raises(RecsysError, match="not valid TOML: .*line 3") as error:
        read("a = 1\nb = 2\nc = = 3\n")
    assert str(tmp_path / "recsys.toml") in str(error.value)
    (tmp_path / "recsys.toml").write_bytes("currency = '€'".encode("cp1252"))
    with pytest.raises(RecsysError, match="recsys.toml: not UTF-8 text"):
        read_config(tmp_path)


def test_a_date_may_stand_with_or_without_quotes(tmp_path):
    block = '[[interactions]]\nfrom = "a.csv"\n[interactions.columns]\nuser_id = "u"\n'
    for written in ('"2024-06-30"', "2024-06-30"):
        (tmp_path / "recsys.toml").write_text(f"as_of_on = {written}\n{block}", encoding="utf-8")
        assert read_config(tmp_path).project == {"as_of_on": "2024-06-30"}


def test_a_date_that_is_none_is_named_with_where_it_was_said(tmp_path):
    given = {"as_of_on": "30.06.2024", "interactions": [{"from": "a.csv", "columns": {"user_id": "u"}}]}
    with pytest.raises(RecsysError, match="recsys.toml: as_of_on is a date such as 2024-06-30, not '30.06.2024'"):
        Project(tmp_path, given)
    with pytest.raises(RecsysError, match="--set: as_of_on is a date such as 2024-06-30, not 'June'"):
        Project(tmp_path, given, {"project.as_of_on": "June"})


def test_the_folder_to_publish_in_has_to_be_there(tmp_path):
    block = {"query": "select 'u' as u", "columns": {"user_id": "u"}}
    with pytest.raises(RecsysError, match="recsys.toml: database: there is no folder .*out. Make it, or name another file"):
        Project(tmp_path, {"database": "out/recsys.duckdb", "interactions": [block]}).refresh()
