"""Whatever a value holds, it arrives in the database as that value and as nothing else."""

import datetime as dt
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import RecsysError
from recsys.render import Column, Expression, Identifier, Words, literal, quoted, render

CON = duckdb.connect()
INJECTION = ["O'Brien", "'; drop table t; --", "*/ x", "\\' or 1=1", "''", "{{ 1 }}", "<b>&amp;</b>", "zwei\nZeilen", "\x00a"[1:], ""]


def back(value):
    return CON.sql(render("select {{ value }} as v", {"value": value}, "here")).fetchall()[0][0]


@pytest.mark.parametrize("value", [
    None, True, False, 0, -3, 10**17, 2.5, -1e-9, 1e300, "text", dt.date(2024, 2, 29), dt.datetime(2024, 2, 29, 23, 59, 59, 123456),
    [1, 2], ["a", "O'Brien"], [True], [[1], [2, 3]], [dt.date(2024, 1, 1)], {"a": 1, "O'Brien": 2},
])
def test_every_type_of_value_arrives_as_it_is(value):
    assert back(value) == value
    assert type(back(value)) is type(value) or isinstance(value, float)


def test_tuples_decimals_and_empty_lists_arrive():
    assert back((1, 2)) == [1, 2]
    assert back(Decimal("12.30")) == Decimal("12.30")
    assert back([]) == []


@pytest.mark.parametrize("text", INJECTION)
def test_text_stays_text_whatever_it_says(text):
    assert back(text) == text
    assert back([text]) == [text]
    assert back({text: 1}) == {text: 1}


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0")))
def test_any_text_arrives_unchanged(text):
    assert back(text) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_finite_float_arrives_to_the_last_bit(number):
    assert float(back(number)) == number


@pytest.mark.parametrize("value", [float("nan"), float("inf"), object(), {1, 2}])
def test_what_sql_has_no_literal_for_is_refused(value):
    with pytest.raises(RecsysError, match="cannot be written as SQL"):
        literal(value)


@pytest.mark.parametrize("name", ["a b", 'say "hi"', "select", "Ümlaut", "a.b", "a;b", "--", "1st"])
def test_a_column_is_quoted_whole(name):
    sql = render("select 1 as {{ name }}", {"name": Column(name)}, "here")
    assert CON.sql(sql).columns == [name]


def test_an_identifier_is_quoted_piece_by_piece_where_it_must_be():
    assert literal(Identifier("segment.rfm")) == "segment.rfm"
    assert literal(Identifier("segment.my rule")) == 'segment."my rule"'
    assert literal(Identifier('x"; drop table t')) == '"x""; drop table t"'
    assert quoted('a"b') == '"a""b"'


@pytest.mark.parametrize("word", ["order", "group", "select", "table"])
def test_an_identifier_that_is_a_reserved_word_works(word):
    name = literal(Identifier(word))
    assert CON.sql(f"select {name} from (select 1 as {name})").columns == [word]


def test_an_expression_stands_as_it_is_and_words_stay_on_their_line():
    assert literal(Expression("a + 'b'")) == "a + 'b'"
    assert render("select 1  -- {{ w }}\n", {"w": Words("two\nlines; drop")}, "here") == "select 1  -- two lines; drop\n"


def test_an_unknown_parameter_is_named_with_the_near_one():
    with pytest.raises(RecsysError, match="^model.sql: 'neighbors' is no parameter here. Did you mean 'neighbours'"):
        render("select {{ neighbors }}", {"neighbours": 10}, "model.sql")


def test_an_unknown_attribute_of_a_member_is_named():
    with pytest.raises(RecsysError, match="^model.sql: 'no_such' is no parameter here"):
        render("{% for m in members %}{{ m.no_such }}{% endfor %}", {"members": [{"a": 1}]}, "model.sql")


def test_a_template_that_does_not_parse_is_named():
    with pytest.raises(RecsysError, match="^model.sql: the template does not parse"):
        render("select {{ 1 ", {}, "model.sql")
