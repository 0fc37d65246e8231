"""What a statement reads is what the database's parser says, CTE scope and all; the order follows from it alone."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.errors import RecsysError
from recsys.graph import ordered, parse, tables_read, upstream


@pytest.mark.parametrize("sql, expected", [
    ("select 1 as x", set()),
    ("select * from s.a", {"s.a"}),
    ("select * from s.a as b inner join s.c using (x), s.d", {"s.a", "s.c", "s.d"}),
    ("select * from s.a union all select * from s.b", {"s.a", "s.b"}),
    ("select x from s.a except (select x from s.b intersect select x from s.c)", {"s.a", "s.b", "s.c"}),
    ("select (select max(x) from s.b) from s.a where exists (select 1 from s.c)", {"s.a", "s.b", "s.c"}),
    ("select x from s.a where x in (select y from s.b)", {"s.a", "s.b"}),
    ("from s.a", {"s.a"}),
    ("select * from (select * from (select * from s.a))", {"s.a"}),
    ("select * from s.a, lateral (select * from s.b where s.b.x = s.a.x)", {"s.a", "s.b"}),
    ("with part as (select * from s.a) select * from part", {"s.a"}),
    ("with one as (select * from s.a), two as (select * from one) select * from two, s.b", {"s.a", "s.b"}),
    ("with PART as (select * from s.a) select * from part", {"s.a"}),
    ("with a as (select * from s.a) select * from a", {"s.a"}),
    ("with a as (select 1) select * from s.a, a", {"s.a"}),
    ("select * from (with inside as (select * from s.a) select * from inside)", {"s.a"}),
    ("with part as (with deep as (select * from s.a) select * from deep) select * from part", {"s.a"}),
    ("with part as (select * from s.a) select * from (with part as (select * from s.b) select * from part) as x, part", {"s.a", "s.b"}),
    ("with recursive chain as (select x from s.a union all select x from chain inner join s.b using (x)) select * from chain", {"s.a", "s.b"}),
    ("select count(*) filter (where x in (select x from s.b)) from s.a", {"s.a", "s.b"}),
    ("select sum(x) over (order by (select max(y) from s.b)) from s.a", {"s.a", "s.b"}),
    ("select case when exists (from s.b) then 1 end from s.a order by (select 1 from s.c)", {"s.a", "s.b", "s.c"}),
    ("select * from range(3), s.a", {"s.a"}),
    ("select * from temp.main.kept, s.a", {"s.a"}),
    ("select 's.no' as x -- from s.never\nfrom s.a", {"s.a"}),
])
def test_what_a_statement_reads(sql, expected):
    assert tables_read(sql, "here") == (expected, set())


@pytest.mark.parametrize("sql, bare", [
    ("select * from orders", {"orders"}),
    ("with part as (select 1) select * from part, prat", {"prat"}),
    ("select * from (with inside as (select 1) select * from inside) as x, inside", {"inside"}),
    ("with one as (with deep as (select 1) select * from deep) select * from deep", {"deep"}),
    ("with one as (select * from two), two as (select 1) select * from one", {"two"}),
])
def test_a_bare_name_outside_the_scope_of_its_with_is_reported(sql, bare):
    assert tables_read(sql, "here")[1] == bare


def test_what_does_not_parse_is_named_with_its_line():
    with pytest.raises(RecsysError, match="^model.sql: line 3 of the rendered SQL: .*syntax error"):
        parse("select\n    a\nform t x y\n", "model.sql")


@pytest.mark.parametrize("sql", ["select 1; select 2", "", "create table t as select 1", "drop table t"])
def test_anything_but_one_select_is_refused(sql):
    with pytest.raises(RecsysError, match="^model.sql: "):
        parse(sql, "model.sql")


def test_inputs_come_first_and_ties_go_by_name():
    assert ordered({"z": [], "b": ["z"], "a": ["b"], "c": [], "d": ["a", "c"]}) == ["c", "z", "b", "a", "d"]
    assert ordered({"a": ["outside"]}, externals=["outside"]) == ["a"]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=25), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_of_the_models(edges, chance: random.Random):
    reads = {f"t{number}": {f"t{small}" for large, small in edges if large == number > small} for number in range(10)}
    order = ordered(reads)
    assert all(order.index(small) < order.index(large) for large, inputs in reads.items() for small in inputs)
    names = list(reads)
    chance.shuffle(names)
    assert ordered({name: reads[name] for name in names}) == order


def test_an_unknown_table_is_named_with_the_near_one():
    with pytest.raises(RecsysError, match="s.b reads s.user, which nothing makes. Did you mean 's.users'"):
        ordered({"s.users": [], "s.b": ["s.user"]})


def test_a_circle_is_shown_as_a_path_in_reading_direction():
    with pytest.raises(RecsysError, match="read each other in a circle: ") as error:
        ordered({"a": ["b"], "b": ["c"], "c": ["a"], "d": ["a"], "e": []})
    path = str(error.value).split(": ")[1].split(" -> ")
    assert path[0] == path[-1] and sorted(path[:-1]) == ["a", "b", "c"]
    reads = {"a": "b", "b": "c", "c": "a"}
    assert all(reads[reader] == read for reader, read in zip(path, path[1:], strict=False)), path


def test_upstream_is_everything_that_a_table_is_made_from():
    reads = {"a": [], "b": ["a"], "c": ["b", "x"], "d": ["a"]}
    assert upstream(reads, ["c"]) == {"a", "b", "c"}
    assert upstream(reads, ["nothing"]) == set()
