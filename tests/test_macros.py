"""The macros that read numbers, times and yes or no out of text, as exports write them."""

import datetime as dt
from decimal import Decimal

import duckdb
import pytest

from recsys.mapping import PLAIN_DATES
from recsys.render import literal


@pytest.fixture(scope="module")
def con(library):
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        con.execute(library.macros("duckdb.sql"))
        yield con


def value(con, sql: str, *args):
    return con.execute(f"select {sql}", list(args)).fetchall()[0][0]


@pytest.mark.parametrize(
    ("text", "mark", "number"),
    [
        ("1234.5", ".", "1234.5"), ("1,234.50", ".", "1234.5"), ("1,234,567", ".", "1234567"), ("12,50", ",", "12.5"),
        ("1.234,50", ",", "1234.5"), ("€ 12,50", ",", "12.5"), ("USD 5", ".", "5"), ("5 EUR", ".", "5"),
        ("1 234,50", ",", "1234.5"), ("(12.00)", ".", "-12"), ("12-", ".", "-12"), ("-12", ".", "-12"),
        ("+3", ".", "3"), ("1e-3", ".", "0.001"), (".5", ".", "0.5"), ("1'234.50", ".", "1234.5"),
        # not read as something else: a mark that does not group, words, nothing
        ("12,50", ".", None), ("12.50", ",", None), ("abc", ".", None), ("", ".", None), ("-", ".", None),
        ("1,23,4", ".", None), ("3,O0", ",", None), ("1.2.3", ".", None), ("nan", ".", None), ("inf", ".", None),
    ],
)
def test_numbers_are_read_as_exports_write_them_or_not_at_all(con, text, mark, number):
    assert value(con, "text_to_number(?, ?)", text, mark) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("text", "zone", "utc"),
    [
        ("2024-07-01 12:00:00", "Europe/Berlin", dt.datetime(2024, 7, 1, 10)),
        ("2024-01-01 12:00:00", "Europe/Berlin", dt.datetime(2024, 1, 1, 11)),
        ("2024-01-01", "UTC", dt.datetime(2024, 1, 1)),
        ("20240101", "UTC", dt.datetime(2024, 1, 1)),
        ("2024-01-01T12:00", "UTC", dt.datetime(2024, 1, 1, 12)),
        ("2024-01-01T12:00:00Z", "Europe/Berlin", dt.datetime(2024, 1, 1, 12)),
        ("2024-01-01T12:00:00.250+01:00", "America/New_York", dt.datetime(2024, 1, 1, 11, 0, 0, 250000)),
        ("2024-01-01 12:00:00 +0100", "UTC", dt.datetime(2024, 1, 1, 11)),
        ("2024-01-01 12:00:00 -05:00", "UTC", dt.datetime(2024, 1, 1, 17)),
        ("2024-01-01 12:00:00 UTC", "Europe/Berlin", dt.datetime(2024, 1, 1, 12)),
        ("964982703", "Europe/Berlin", dt.datetime(2000, 7, 30, 18, 45, 3)),
        ("964982703.0", "UTC", dt.datetime(2000, 7, 30, 18, 45, 3)),
        ("964982703000", "UTC", dt.datetime(2000, 7, 30, 18, 45, 3)),
        ("964982703000000", "UTC", dt.datetime(2000, 7, 30, 18, 45, 3)),
        ("2024-02-30", "UTC", None), ("soon", "UTC", None), ("12", "UTC", None), ("", "UTC", None),
    ],
)
def test_times_are_read_as_exports_write_them_or_not_at_all(con, text, zone, utc):
    assert value(con, f"text_to_utc(?, {literal(PLAIN_DATES)}, ?)", text, zone) == utc


@pytest.mark.parametrize(
    ("text", "meant"),
    [("yes", True), ("TRUE", True), ("1", True), ("ja", True), ("no", False), ("0", False), ("Nein", False), ("perhaps", None)],
)
def test_yes_and_no_in_the_words_of_exports(con, text, meant):
    assert value(con, "text_to_boolean(?)", text) is meant


def test_ids_that_became_floats_lose_no_digit_and_no_fraction(con):
    assert value(con, "float_to_text(12345.0::double)") == "12345"
    assert value(con, "float_to_text(0.5::double)") == "0.5"


def test_the_top_rows_break_ties_by_number_however_often_they_are_asked(con):
    con.execute("set threads = 4; create or replace temp table number as select i from range(1000000) as numbers(i)")
    theirs = {tuple(value(con, "arg_max(i, 1.0, 3) from number")) for _ in range(20)}
    assert len(theirs) > 1, "the engine's own choice is the same each time: this test cannot tell them apart"
    sql = "list_transform(top_rows(1.0, i, null, 3), lambda row: row.number) from number"
    assert {tuple(value(con, sql)) for _ in range(20)} == {(0, 1, 2)}


@pytest.mark.parametrize(
    ("text", "formats", "utc"),
    [
        ("2024010203", ["%Y%m%d%H"], dt.datetime(2024, 1, 2, 3)),
        ("20240102030405", ["%d.%m.%Y", "%Y%m%d%H%M%S"], dt.datetime(2024, 1, 2, 3, 4, 5)),
        ("961169304", ["%Y-%m-%d %H:%M:%S", "%Y%m%d"], dt.datetime(2000, 6, 16, 15, 28, 24)),
        ("20240102", ["%Y%m%d"], dt.datetime(2024, 1, 2)),
    ],
)
def test_digits_are_a_day_and_its_hour_where_a_format_says_so_and_seconds_elsewhere(con, text, formats, utc):
    assert value(con, f"text_to_utc(?, {literal(formats)}, 'UTC')", text) == utc
