"""What the project file says of a source is what arrives in raw: values, times, keys, constants, attributes, troubles."""

import datetime as dt
from decimal import Decimal

import duckdb
import numpy as np
import pandas as pd
import pytest

from recsys.errors import RecsysError

NOON = dt.datetime(2024, 7, 1, 12)


def one_column(load, name: str, values: list, *, column: str = "v", kind: str = "interactions", **block):
    """Return what raw makes of a text column with these values."""
    lines = ["n;v", *(f'{number};"{value}"' for number, value in enumerate(values))]
    extra = {"interactions": {"user_id": "n", "item_id": "'i'"}, "users": {"user_id": "n"}, "items": {"item_id": "n"}}[kind]
    form = {"delimiter": ";", **block.pop("format", {})}
    loaded = load({"s.csv": "\n".join(lines) + "\n"},
                  **{kind: [{"from": "s.csv", "format": form, "columns": {**extra, name: column}, **block}]})
    return [(row[0], row[1]) for row in loaded.rows(name, "coalesce(trouble_value, gap_value)", of=kind)]


def values(load, name, given, **block):
    return [value for value, _ in one_column(load, name, given, **block)]


def from_query(load, select: str, columns: dict[str, str], **block):
    return load(interactions=[{"name": "q", "query": select, "columns": {"user_id": "u", "item_id": "i", **columns}, **block}])


# --- rows: where, key, latest_by, constants, expressions, names


def test_where_keeps_the_rows_for_which_it_is_true(load):
    content = "u,i,status,qty\na,x,paid,10\nb,x,test,10\nc,x,,10\nd,x,paid,9\n"
    loaded = load({"s.csv": content}, interactions=[
        {"from": "s.csv", "where": "status not in ('test') and qty > 9", "columns": {"user_id": "u", "item_id": "i"}}])
    assert loaded.column("user_id") == ["a"]


@pytest.mark.parametrize("block, message", [
    ({"where": "u"}, "where = 'u' is a varchar, not true or false for each row"),
    ({"columns": {"line_amount": "sum(q)"}}, r"columns.line_amount = 'sum\(q\)' does not fit the source"),
    ({"columns": {"line_amount": "rond(q)"}}, '.* rond does not exist! Did you mean "'),
    ({"columns": {"line_amount": "cast(i as integer)"}}, r"columns.line_amount = 'cast\(i as integer\)' cannot be computed for every row.*'x'"),
    ({"columns": {"occurred_at": "strptime(i, '%d.%m.%Y')"}}, "columns.occurred_at = .* cannot be computed for every row"),
    ({"columns": {"quantity": 'cast("i" as integer)'}}, r"""columns.quantity = 'cast\("i" as integer\)' cannot be computed for every row"""),
    ({"where": "cast(i as integer) > 3"}, "where cannot be computed for every row"),
])
def test_an_expression_that_fails_is_named_with_its_source(load, block, message):
    columns = {"user_id": "u", "item_id": "i", **block.pop("columns", {})}
    with pytest.raises(RecsysError, match=rf"\[\[interactions\]\] s: {message}"):
        load({"s.csv": "u,i,q\na,x,1\n"}, interactions=[{"from": "s.csv", "columns": columns, **block}]).rows("user_id")


def test_a_query_that_fails_on_a_row_is_named(load):
    with pytest.raises(RecsysError, match=r"\[\[interactions\]\] q: `from` or `query` cannot be computed for every row"):
        from_query(load, "select 'a' as u, case when t.n < 3 then 'x' else error('broken') end as i from range(5000) as t(n)", {}).rows("user_id")


def test_row_numbers_count_the_rows_that_where_left_out(load):
    content = "u,i,status\na,x,test\nb,x,paid\n"
    loaded = load({"s.csv": content}, interactions=[
        {"from": "s.csv", "where": "status = 'paid'", "columns": {"user_id": "u", "item_id": "i"}}])
    assert loaded.rows("source_row", "user_id") == [(2, "b")]


def test_a_key_is_made_of_its_columns_and_empty_parts_stay_apart(load):
    content = "u,i,receipt,line\na,x,1,1\nb,x,11,\nc,x,1,11\nd,x,,1\ne,x,,\n"
    loaded = load({"s.csv": content}, interactions=[
        {"from": "s.csv", "key": ["receipt", "line"], "columns": {"user_id": "u", "item_id": "i"}}])
    keys = loaded.column("row_key")
    assert keys[-1] is None, "a row without any part of the key has no key"
    assert len(set(keys)) == 5 and None not in keys[:-1]


def test_a_single_key_may_be_a_column_or_an_expression(load):
    content = "u,i,Receipt No\na,x,7\nb,x,\n"
    block = {"from": "s.csv", "columns": {"user_id": "u", "item_id": "i"}}
    assert load({"s.csv": content}, interactions=[{**block, "key": "Receipt No"}]).column("row_key") == ["7", None]
    assert load(interactions=[{**block, "key": "'r' || u"}]).column("row_key") == ["ra", "rb"]


@pytest.mark.parametrize("older, newer, form", [
    ("9", "10", {}),
    ("1.234,5", "1.234,6", {"decimal": ","}),
    ("2024-01-31T23:00:00Z", "2024-02-01T00:30:00+01:00", {}),
    ("2024-01-31 10:00:00", "2024-01-31 10:00:01", {}),
    ("31.01.2024", "01.02.2024", {"date": "%d.%m.%Y"}),
    ("31.01.2024 09:00", "31.01.2024 10:00", {"date": "%d.%m.%Y"}),
    ("31.01.2024 23:00 +0000", "01.02.2024 00:30 +0100", {"date": "%d.%m.%Y %H:%M %z"}),
])
def test_latest_by_orders_numbers_and_times_whatever_their_writing(load, older, newer, form):
    lines = f"u;i;at\na;x;{older}\nb;x;{newer}\n"
    loaded = load({"s.csv": lines}, interactions=[
        {"from": "s.csv", "key": "i", "latest_by": "at", "format": {"delimiter": ";", **form},
         "columns": {"user_id": "u", "item_id": "i"}}])
    first, second = loaded.column("version_no")
    assert first < second


def test_latest_by_takes_native_times_and_numbers(load):
    for older, newer in [("date '2024-01-31'", "date '2024-02-01'"), ("1", "2"),
                         ("timestamptz '2024-01-31 00:00:00+02'", "timestamptz '2024-01-31 00:00:00+01'")]:
        loaded = from_query(load, f"select 'u' as u, 'i' as i, {older} as at union all select 'u', 'i', {newer}", {},
                            key="i", latest_by="at")
        first, second = loaded.column("version_no")
        assert first < second


def test_constants_stand_in_every_row(load):
    block = {"query": "select 'u' as u, 'i' as i", "columns": {"user_id": "u", "item_id": "i"}, "constants": {
        "channel": "O'Brien's", "quantity": 2, "line_amount": 2.5, "occurred_at": dt.date(2024, 7, 1), "event_type": "view"}}
    assert load(interactions=[block]).rows("channel", "quantity", "line_amount", "occurred_at", "event_type") == [
        ("O'Brien's", 2, Decimal("2.5"), dt.datetime(2024, 7, 1), "view")]


def test_a_constant_of_another_type_is_an_error(load):
    with pytest.raises(RecsysError, match=r"\[\[interactions\]\] q: constants.quantity is a decimal.*, not 'two'"):
        from_query(load, "select 'u' as u, 'i' as i", {}, constants={"quantity": "two"})


def test_exchange_rates_may_stand_in_the_project_file(load):
    loaded = load(exchange_rates=[{"currency": "USD", "rate": 0.5}, {"currency": "GBP", "rate": 1, "valid_from": dt.date(2024, 1, 1)}])
    assert loaded.rows("currency", "rate", "valid_from", of="exchange_rates") == [
        ("USD", Decimal("0.5"), None), ("GBP", 1, dt.datetime(2024, 1, 1))]


def test_expressions_reckon_with_the_text_of_a_csv(load):
    content = "u,i,qty,price,name\na,x,3,2.50,It's\n"
    loaded = load({"s.csv": content}, interactions=[{"from": "s.csv", "columns": {
        "user_id": "upper(u)", "item_id": "i || '-' || name", "quantity": "-qty", "line_amount": "qty * price",
        "event_type": "case when qty between 1 and 5 then 'purchase' else 'refund' end"}}])
    assert loaded.rows("user_id", "item_id", "quantity", "line_amount", "event_type") == [
        ("A", "x-It's", -3, Decimal("7.5"), "purchase")]


def test_columns_are_called_as_they_are_whatever_their_characters(load):
    content = '"Kunde, Nr.","Prix été","qty * price","O\'Brien ""x"""\na,x,7,y\n'
    loaded = load({"s.csv": content}, interactions=[{"from": "s.csv", "columns": {
        "user_id": "Kunde, Nr.", "item_id": "Prix été", "quantity": "qty * price", "channel": 'O\'Brien "x"'}}])
    assert loaded.rows("user_id", "item_id", "quantity", "channel") == [("a", "x", 7, "y")]


def test_what_is_implied_when_no_event_type_is_mapped(load):
    blocks = [
        {"name": name, "query": "select 'u' as u, 'i' as i, 1 as n", "columns": {"user_id": "u", "item_id": "i", **extra}}
        for name, extra in [("1", {"rating": "n"}), ("2", {"unit_price": "n"}), ("3", {"order_id": "n"}), ("4", {})]
    ]
    assert load(interactions=blocks).column("event_type") == ["rating", "purchase", "purchase", "other"]


# --- numbers, words, times


def test_numbers_are_read_as_exports_write_them(load):
    given = ["1234.5", "1,234.50", "€ 12.5", "(12.00)", "12-", "1e3", " 7 ", ""]
    assert values(load, "quantity", given) == [1234.5, 1234.5, 12.5, -12, -12, 1000, 7, None]


def test_a_number_that_is_none_lies_with_its_value_in_the_trouble_columns(load):
    content = "n;v\n1;two\n2;12,50\n3;\n"
    loaded = load({"s.csv": content}, interactions=[
        {"from": "s.csv", "columns": {"user_id": "n", "item_id": "n", "quantity": "v"}}])
    assert loaded.rows("quantity", "trouble_column", "trouble_value", "trouble_reason") == [
        (None, "v", "two", "not a number"), (None, "v", "12,50", "not a number"), (None, None, None, None)]


@pytest.mark.parametrize("number", ["1e15", "'inf'::double", "123456789012345678901234567890::hugeint"])
def test_a_number_too_large_to_keep_is_trouble_not_nothing(load, number):
    loaded = from_query(load, f"select 'u' as u, 'i' as i, {number} as v", {"quantity": "v"})
    assert loaded.rows("quantity", "trouble_column", "trouble_reason") == [(None, "v", "not a number")]


def test_nan_means_that_there_is_no_number(load):
    loaded = from_query(load, "select 'nan'::double as u, 'i' as i, 'nan'::double as v", {"quantity": "v"})
    assert loaded.rows("user_id", "quantity", "trouble_reason") == [(None, None, None)]


def test_yes_and_no_are_read_in_the_words_that_exports_use(load):
    given = ["yes", "0", "TRUE", "nein", "", "perhaps"]
    assert one_column(load, "is_excluded", given, kind="users") == [
        (True, None), (False, None), (True, None), (False, None), (None, None), (None, "perhaps")]


def test_a_row_does_without_a_value_that_only_describes(load):
    content = "sku,name,price,flag,from\n1,Tea,4.50,yes,2024-01-01\n2,Mug,ask us,perhaps,soon\n,Jam,free,yes,\n"
    loaded = load({"i.csv": content}, items=[{"from": "i.csv", "columns": {
        "item_id": "sku", "name": "name", "list_price": "price", "is_recommendable": "flag", "available_from": "from"}}])
    assert loaded.rows("item_id", "name", "list_price", "is_recommendable", "trouble_column", of="items") == [
        ("1", "Tea", Decimal("4.5"), True, None), ("2", "Mug", None, None, None), (None, "Jam", None, True, "sku")]
    assert loaded.rows("gap_column", "gap_value", "gap_reason", of="items") == [
        (None, None, None), ("price", "ask us", "not a number"), ("price", "free", "not a number")]


def test_a_consent_that_says_neither_yes_nor_no_counts_and_grants_nothing(load):
    content = "who,what,how,ok\na,marketing,email,yes\nb,marketing,email,maybe\n"
    loaded = load({"c.csv": content}, consents=[{"from": "c.csv", "columns": {
        "user_id": "who", "purpose": "what", "channel": "how", "is_granted": "ok"}}])
    assert loaded.rows("user_id", "is_granted", "trouble_column", "gap_value", of="consents") == [
        ("a", True, None, None), ("b", None, None, "maybe")]


@pytest.mark.parametrize("text, expected", [
    ("2024-07-01 12:00:00", NOON - dt.timedelta(hours=2)),
    ("2024-07-01T12:00", NOON - dt.timedelta(hours=2)),
    ("2024-07-01", dt.datetime(2024, 6, 30, 22)),
    ("20240701", dt.datetime(2024, 6, 30, 22)),
    ("2024-01-01 12:00:00.5", dt.datetime(2024, 1, 1, 11, 0, 0, 500000)),
    ("2024-07-01T12:00:00Z", NOON),
    ("2024-07-01T12:00Z", NOON),
    ("2024-07-01 12:00 UTC", NOON),
    ("2024-07-01 12:00+0530", NOON - dt.timedelta(hours=5, minutes=30)),
    ("2024-07-01 12:00:00 UTC", NOON),
    ("2024-07-01T12:00:00+02:00", NOON - dt.timedelta(hours=2)),
    ("2024-07-01T12:00:00.250-0500", NOON + dt.timedelta(hours=5, microseconds=250_000)),
    ("1719835200", NOON),
    ("1719835200.5", NOON + dt.timedelta(microseconds=500_000)),
    ("1719835200000", NOON),
    ("1719835200000000", NOON),
    ("1719835200000000000", NOON),
])
def test_times_of_every_writing_become_utc(load, text, expected):
    assert values(load, "occurred_at", [text], timezone="Europe/Berlin") == [expected]


def test_local_times_follow_the_clock_changes(load):
    given = ["2024-03-31 01:59:59", "2024-03-31 03:00:00", "2024-10-27 01:00:00", "2024-10-27 04:00:00"]
    assert values(load, "occurred_at", given, timezone="Europe/Berlin") == [
        dt.datetime(2024, 3, 31, 0, 59, 59), dt.datetime(2024, 3, 31, 1), dt.datetime(2024, 10, 26, 23), dt.datetime(2024, 10, 27, 3)]


def test_a_source_has_its_own_time_zone_else_the_projects(load):
    block = {"query": "select 'u' as u, 'i' as i, '2024-07-01 12:00:00' as t",
             "columns": {"user_id": "u", "item_id": "i", "occurred_at": "t"}}
    loaded = load(timezone="America/New_York", interactions=[{"name": "a", **block}, {"name": "b", "timezone": "Asia/Tokyo", **block}])
    assert loaded.column("occurred_at") == [NOON + dt.timedelta(hours=4), NOON - dt.timedelta(hours=9)]


@pytest.mark.parametrize("form, text", [
    ("%d.%m.%Y %H:%M", "01.07.2024 12:00"), ("%d.%m.%Y", "01.07.2024 12:00"), ("%d.%m.%Y", "01.07.2024 12:00:00"),
    ("%m/%d/%Y", "07/01/2024 12:00"), ("%d %b %Y %I:%M %p", "01 Jul 2024 12:00 PM"),
    (["%Y/%m/%d %H:%M", "%d.%m.%Y"], "01.07.2024 12:00"),
])
def test_dates_are_read_in_the_formats_of_the_source(load, form, text):
    assert values(load, "occurred_at", [text], format={"date": form}) == [NOON]


@pytest.mark.parametrize("text, expected", [
    ("01.07.2024 12:00 +0000", NOON),
    ("01.07.2024 12:00 -05:30", NOON + dt.timedelta(hours=5, minutes=30)),
    ("01.07.2024 12:00 +02", NOON - dt.timedelta(hours=2)),
    ("01.07.2024 12:00 at Asia/Tokyo", NOON - dt.timedelta(hours=9)),
    ("01.07.2024 12:00", NOON - dt.timedelta(hours=2)),  # no offset: local to the source's time zone
    ("2024-07-01T12:00:00Z", NOON),
    ("32.07.2024 12:00 +0000", None),
])
def test_a_date_format_may_read_the_offset_or_the_zone(load, text, expected):
    form = {"date": ["%d.%m.%Y %H:%M %z", "%d.%m.%Y %H:%M at %Z", "%d.%m.%Y"]}
    assert values(load, "occurred_at", [text], timezone="Europe/Berlin", format=form) == [expected]


def test_a_date_format_with_an_offset_alone_leaves_iso_understood(load):
    given = ["01.07.2024 14:00:00 +0200", "2024-07-01 14:00:00", "2024-07-01T12:00:00Z", "soon"]
    assert one_column(load, "occurred_at", given, timezone="Europe/Berlin", format={"date": "%d.%m.%Y %H:%M:%S %z"}) == [
        (NOON, None), (NOON, None), (NOON, None), (None, "soon")]


def test_a_date_that_is_none_or_missing_is_trouble(load):
    given = ["2024-07-01", "31.12.2024", "soon", ""]
    content = "n;v\n" + "".join(f"{number};{value}\n" for number, value in enumerate(given))
    loaded = load({"s.csv": content}, interactions=[
        {"from": "s.csv", "columns": {"user_id": "n", "item_id": "n", "occurred_at": "v"}}])
    assert loaded.rows("trouble_column", "trouble_value", "trouble_reason") == [
        (None, None, None), ("v", "31.12.2024", "not a date"), ("v", "soon", "not a date"), ("v", None, "missing")]


@pytest.mark.parametrize("native, expected", [
    ("timestamp '2024-07-01 12:00:00'", NOON - dt.timedelta(hours=2)),
    ("timestamptz '2024-07-01 12:00:00+00'", NOON),
    ("date '2024-07-01'", dt.datetime(2024, 6, 30, 22)),
    ("timestamp_ns '2024-07-01 12:00:00'", NOON - dt.timedelta(hours=2)),
    ("1719835200::bigint", NOON),
    ("1719835200000::double", NOON),
])
def test_native_times_of_parquet_become_utc(load, tmp_path, native, expected):
    duckdb.connect().execute(f"copy (select 'u' as u, 'i' as i, {native} as t) to '{tmp_path / 's.parquet'}' (format parquet)")
    loaded = load(interactions=[{"from": "s.parquet", "timezone": "Europe/Berlin",
                                 "columns": {"user_id": "u", "item_id": "i", "occurred_at": "t"}}])
    assert loaded.column("occurred_at") == [expected]


# --- ids, required columns, attributes


def test_ids_are_kept_as_they_came(load):
    assert values(load, "order_id", ["007", " 7 ", "1.0", "ÄÖ'", ""]) == ["007", "7", "1.0", "ÄÖ'", None]


def test_a_row_without_what_is_required_is_trouble(load):
    loaded = load({"i.csv": "sku,name\n1,a\n,b\n"}, items=[{"from": "i.csv", "columns": {"item_id": "sku", "name": "name"}}])
    assert loaded.rows("item_id", "trouble_column", "trouble_reason", of="items") == [("1", None, None), (None, "sku", "missing")]


def test_users_bring_attributes_contact_data_and_constants(load):
    content = "card,age,mail,city\n1,30-39,a@x.org,Köln\n"
    loaded = load({"p.csv": content}, users=[
        {"from": "p.csv", "columns": {"user_id": "card", "age_group": "age", "contact_note": "city"},
         "contact": {"email": "mail"}, "private": ["age_group"], "constants": {"programme": "gold", "channels": 2}},
        {"name": "crm", "query": "select 2 as id, 5.0::double as age", "columns": {"user_id": "id", "age_group": "age"}},
    ])
    assert loaded.rows("user_id", "age_group", "contact_email", "contact_note", "programme", "channels", of="users") == [
        ("2", "5", None, None, None, None), ("1", "30-39", "a@x.org", "Köln", "gold", 2)]


def test_kinds_without_a_source_have_empty_tables(load):
    loaded = load()
    for kind in ("orders", "items", "users", "identities", "consents", "exchange_rates"):
        assert loaded.rows("*", of=kind) == []
    assert loaded.unreadable("*") == []


# --- DataFrames


def frame_rows(load, frame, *columns, **mapping):
    loaded = load(interactions=[{"name": "df", "from": frame, "columns": {"user_id": "user", "item_id": "item", **mapping}}])
    return loaded.rows("user_id", *columns)


def test_float_ids_of_a_frame_with_gaps_lose_their_decimal_point(load):
    frame = pd.DataFrame({"user": [12345.0, np.nan], "item": ["i", "i"]})
    assert frame_rows(load, frame) == [("12345",), (None,)]


@pytest.mark.parametrize("dtype", ["str", "object", "string", "category"])
def test_text_of_every_dtype_is_text(load, dtype):
    frame = pd.DataFrame({"user": pd.Series(["ü1", None], dtype=dtype), "item": ["i", "i"]})
    assert frame_rows(load, frame) == [("ü1",), (None,)]


def test_nullable_and_empty_columns_of_a_frame_are_read(load):
    frame = pd.DataFrame({
        "user": pd.array([1, None], dtype="Int64"), "item": ["i", "i"],
        "nothing": [None, None], "paid": pd.array([1.5, None], dtype="Float64"),
    })
    assert frame_rows(load, frame, "channel", "line_amount", channel="nothing", line_amount="paid") == [
        ("1", None, Decimal("1.5")), (None, None, None)]


def test_times_of_a_frame_are_local_or_have_a_zone_and_nat_is_missing(load):
    local = pd.DataFrame({"user": ["a", "b"], "item": ["i", "i"], "at": pd.to_datetime(["2024-07-01 12:00", None])})
    assert frame_rows(load, local, "occurred_at", "trouble_reason", occurred_at="at") == [("a", NOON, None), ("b", None, "missing")]
    zoned = local.assign(at=local["at"].dt.tz_localize("America/New_York"))
    assert frame_rows(load, zoned, "occurred_at", occurred_at="at") == [("a", NOON + dt.timedelta(hours=4)), ("b", None)]


# --- what does not fit


def test_a_column_that_is_not_there_is_named_with_the_near_match(load):
    with pytest.raises(RecsysError, match="There is no column 'pric'. Did you mean 'price'") as error:
        from_query(load, "select 'u' as u, 'i' as i, 1 as price", {"quantity": "pric * 2"})
    assert "[[interactions]] q: columns.quantity = 'pric * 2' does not fit the source" in str(error.value)
    with pytest.raises(RecsysError, match="where = .*Did you mean 'price'"):
        from_query(load, "select 'u' as u, 'i' as i, 1 as price", {}, where="prise > 0")
    with pytest.raises(RecsysError, match="key = .*Did you mean 'price'"):
        from_query(load, "select 'u' as u, 'i' as i, 1 as price", {}, key=["prise"])


def test_an_expression_that_does_not_parse_or_fit_is_an_error_with_its_key(load):
    with pytest.raises(RecsysError, match=r"\[\[interactions\]\] q: columns.quantity: 'i \* \('.*syntax error"):
        from_query(load, "select 'u' as u, 'i' as i", {"quantity": "i * ("})
    with pytest.raises(RecsysError, match=r"columns.occurred_at = .*date_trunc.* does not fit.*The columns of a csv are text"):
        from_query(load, "select 'u' as u, 'i' as i", {"occurred_at": "date_trunc('day', i)"})


def test_a_query_that_does_not_run_is_an_error_that_names_the_source(load):
    with pytest.raises(RecsysError, match=r"\[\[interactions\]\] q: cannot be read: .*nowhere"):
        from_query(load, "select * from nowhere", {})
