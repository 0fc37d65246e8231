"""A column's text in a project file: an exact name first, else an expression in which text is read as numbers."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import RecsysError
from recsys.expressions import columns_named, numbers_read, resolve
from recsys.render import quoted

TEXT = {"a": "VARCHAR", "b": "VARCHAR", "d": "VARCHAR", "Net Price (€)": "VARCHAR", "prix été": "VARCHAR"}
TYPES = {**TEXT, "n": "DECIMAL(10,2)", "day": "DATE"}


def read(expression: str, mark: str = ".") -> str:
    return numbers_read(expression, TYPES, mark, "shop")


def value(library, expression: str, mark: str = ".", **columns):
    """What the expression gives over one row whose columns are all text."""
    con = duckdb.connect()
    con.execute(library.macros("duckdb.sql"))
    sql = resolve(expression, dict.fromkeys(columns, "VARCHAR"), mark, "shop")
    row = ", ".join(f"cast('{text}' as varchar) as {quoted(name)}" for name, text in columns.items())
    return con.sql(f"select {sql} from (select {row})").fetchall()[0][0]


@pytest.mark.parametrize("name", ["a b", "1st", "select", 'with "quotes"', "a-b", "prix été", "qty * price", "a.b", "O'Brien"])
def test_a_text_that_equals_a_column_is_that_column_whatever_its_characters(name):
    assert resolve(name, {name: "VARCHAR"}, ".", "shop") == quoted(name)


def test_a_column_is_found_in_another_case_and_with_blanks_around_it():
    assert resolve(" SKU ", {"sku": "VARCHAR"}, ".", "shop") == '"sku"'
    assert resolve("Sku", {"sku": "VARCHAR", "Sku": "BIGINT"}, ".", "shop") == '"Sku"'


@pytest.mark.parametrize("expression, expected", [
    ("a * b", "(text_to_number(a, '.') * text_to_number(b, '.'))"),
    ("-a", "(-text_to_number(a, '.'))"),
    ("a*b-d", "(text_to_number(a, '.')*text_to_number(b, '.')-text_to_number(d, '.'))"),
    ("(a + 1) / 100", "((text_to_number(a, '.') + 1) / 100)"),
    ("round(a, 2)", "(round(text_to_number(a, '.'), 2))"),
    ("ABS(a)", "(ABS(text_to_number(a, '.')))"),
    ("t.a * 2", "(text_to_number(t.a, '.') * 2)"),
    ('"Net Price (€)" * a', "(text_to_number(\"Net Price (€)\", '.') * text_to_number(a, '.'))"),
    ("a * n", "(text_to_number(a, '.') * n)"),
    ("cast(b as double) * a", "(cast(b as double) * text_to_number(a, '.'))"),
    ("coalesce(a, 0)", "(coalesce(text_to_number(a, '.'), 0))"),
    ("coalesce(a, b) * 2", "(coalesce(text_to_number(a, '.'), text_to_number(b, '.')) * 2)"),
    ("nullif(a, 0)", "(nullif(text_to_number(a, '.'), 0))"),
])
def test_text_columns_that_are_reckoned_with_are_read_as_numbers(expression, expected):
    assert read(expression) == expected


@pytest.mark.parametrize("expression, expected", [
    ("a > 0", "(text_to_number(a, '.') > 0)"),
    ("a > -1.5", "(text_to_number(a, '.') > -1.5)"),
    ("0 <= a", "(0 <= text_to_number(a, '.'))"),
    ("a = 3 and d = 'x'", "(text_to_number(a, '.') = 3 and d = 'x')"),
    ("a between 1 and 10", "(text_to_number(a, '.') between 1 and 10)"),
    ("a not between 1 and b", "(text_to_number(a, '.') not between 1 and text_to_number(b, '.'))"),
    ("a in (1, 2)", "(text_to_number(a, '.') in (1, 2))"),
    ("a not in (1, 2)", "(text_to_number(a, '.') not in (1, 2))"),
    ("a > b * 2", "(text_to_number(a, '.') > text_to_number(b, '.') * 2)"),
    ("a > n", "(text_to_number(a, '.') > n)"),
    ("case when a > 1 then b * 2 else d end", "(case when text_to_number(a, '.') > 1 then text_to_number(b, '.') * 2 else d end)"),
    ("case a when 1 then 'one' end", "(case text_to_number(a, '.') when 1 then 'one' end)"),
    ("if(a > 0, 'purchase', 'refund')", "(if(text_to_number(a, '.') > 0, 'purchase', 'refund'))"),
])
def test_text_columns_that_are_compared_with_numbers_are_read_as_numbers(expression, expected):
    assert read(expression) == expected


@pytest.mark.parametrize("expression", [
    "a = 'x'", "a = b", "a in ('1', '2')", "a between 'x' and 'z'", "a || ' ' || b", "lower(a)", "coalesce(a, b)",
    "greatest(a, b)", "nullif(a, '')", "cast(d as date) + interval 3 day", "cast(d as date) - date '2020-01-01'",
    "cast(d as timestamp) + interval '1' hour > a", "day + 1", "d < date '2024-01-01'", "d is null", "a like '1%'",
    "case when a = 'x' then b end", "strptime(d, '%d.%m.%Y')",
])
def test_text_dates_and_intervals_are_left_as_they_are(expression):
    assert read(expression) == f"({expression})"


def test_places_are_found_behind_characters_of_several_bytes():
    assert read("'€ä' || ('é' || a * 2)") == "('€ä' || ('é' || text_to_number(a, '.') * 2))"
    assert read('"prix été" * a') == "(text_to_number(\"prix été\", '.') * text_to_number(a, '.'))"


def test_a_decimal_comma_is_understood_in_expressions(library):
    assert value(library, "qty * price", ",", qty="3", price="1.234,50") == pytest.approx(3703.5)
    assert value(library, "qty * price", ".", qty="3", price="1,234.50") == pytest.approx(3703.5)


def test_numbers_in_text_compare_as_numbers_not_as_text(library):
    assert value(library, "qty > 9", qty="10") is True
    assert value(library, "qty between 2 and 11", qty="10") is True
    assert value(library, "qty in (1, 10)", qty="10.0") is True


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1).filter(str.strip))
def test_any_column_name_can_be_reckoned_with_in_quotes(name):
    types = {name: "VARCHAR"}
    assert numbers_read(f"{quoted(name)} * 2", types, ".", "shop") == f"(text_to_number({quoted(name)}, '.') * 2)"


@given(st.lists(st.sampled_from(["a", '"prix été"', "n", "2", "(a + 1)", "-b"]), min_size=2, max_size=6), st.sampled_from("+-*/"))
def test_every_text_column_of_a_sum_is_read_and_nothing_else_is_changed(parts, operator):
    expression = f" {operator} ".join(parts)
    result = read(expression)
    assert result.count("text_to_number") == sum(part not in ("n", "2") for part in parts)
    bare = result[1:-1].replace("text_to_number(", "").replace(", '.')", "")
    assert bare == expression


@pytest.mark.parametrize("expression", ["a +", "qty * (price", "case when a then", "'open"])
def test_an_expression_that_does_not_parse_is_named_with_its_place(expression):
    with pytest.raises(RecsysError, match="shop: columns.quantity: ") as error:
        resolve(expression, TYPES, ".", "shop: columns.quantity")
    assert expression in str(error.value)


@pytest.mark.parametrize("expression", ["a, b", "a from other", "1; drop table x", "*, a"])
def test_what_is_not_one_expression_is_refused(expression):
    with pytest.raises(RecsysError, match="shop"):
        read(expression)


def test_the_columns_of_an_expression_can_be_named():
    assert columns_named('a * "Net Price (€)" + lower(t.d)', "") == {"a", "Net Price (€)", "d"}
    assert columns_named("a +", "") == set()
