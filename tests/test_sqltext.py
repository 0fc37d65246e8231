"""Names and comments of the final select's columns are read right out of any SQL that a model may hold."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys.render import quoted
from recsys.sqltext import among, final_columns, formula, with_final

HARD = """
with

part as (
    select x as inner_name,  -- not this
        ', select y from z -- no comment' as text
    from t  -- nor this
),

nested as (select 1 as a, (select max(b) from u) as b)

select
    part.id,  -- the id
    count(*) filter (where part.x > 0) as order_count,  -- orders, of all kinds
    coalesce(nullif(part.a, ''), 'x -- y', ',') as words,  -- "quoted", it's fine
    (select max(z) from u) as largest, -- subquery
    case when part.a = 'from' then 1 end as flag,
    sum(part.v) over (
        partition by part.id  -- not a column
        order by part.at
    ) as running,  -- so far
    {'a': 1, 'b': [1, 2]} as struct_value,  /* a block */
    date '2024-01-01' as on_date,
    part."odd ""name"", with comma",  -- odd
    part.last_one  -- the last
from part
inner join nested using (a)
where part.x = '-- no'
"""


def test_hard_sql_is_read_to_the_last_column():
    assert final_columns(HARD) == {
        "id": "the id",
        "order_count": "orders, of all kinds",
        "words": "\"quoted\", it's fine",
        "largest": "subquery",
        "flag": None,
        "running": "so far",
        "struct_value": "a block",
        "on_date": None,
        'odd "name", with comma': "odd",
        "last_one": "the last",
    }


@pytest.mark.parametrize("sql, expected", [
    ("select a from t", {"a": None}),
    ("select a, b", {"a": None, "b": None}),
    ("select a -- one\n, b -- two\nfrom t", {"a": "one", "b": "two"}),
    ("select distinct a,  -- x\n b from t", {"a": "x", "b": None}),
    ("SELECT t.a AS B,  -- x\n1 AS c FROM t", {"B": "x", "c": None}),
    ("select a  -- x\nunion all select b  -- y\n", {"a": "x"}),
    ("(select 1 as n)", {}),
    ("select\n    -- a remark of its own line\n    a,  -- x\n    b  -- y\nfrom t", {"a": "x", "b": "y"}),
    ("select\n    a\n        + b\n        as total  -- sum\nfrom t", {"total": "sum"}),
    ("select\n    a\n        + b  -- the second\n        + c as total  -- sum\nfrom t", {"total": "sum"}),
    ("select a, b,  -- only of b\nfrom t", {"a": None, "b": "only of b"}),
    ("select 1 as a  --\n", {"a": ""}),
    ("select x.y.z,  -- deep\nq from t", {"z": "deep", "q": None}),
    ("select a[1] as first,  -- f\nm['k, l'] as k  -- g\n", {"first": "f", "k": "g"}),
    ("select a from t group by b order by c limit 3", {"a": None}),
    ("select a qualify row_number() over () = 1", {"a": None}),
    ("select exists (select 1 from t) as has_any  -- any\nfrom u", {"has_any": "any"}),
    ("select a is distinct from b as is_new  -- new\nfrom u", {"is_new": "new"}),
    ("select extract(year from a) as y  -- year\nfrom u", {"y": "year"}),
    ("select ä as größe,  -- Größe\n1 as x from t", {"größe": "Größe", "x": None}),
])
def test_columns_and_comments_of(sql, expected):
    found = final_columns(sql)
    assert found == expected
    assert list(found) == list(expected)


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
COMMENTS = st.none() | st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=20).map(
    lambda text: " ".join(("c " + text + " c").split()))
EXPRESSIONS = st.sampled_from([
    "1", "'a, -- b'", "(select 1)", "coalesce(null, 2)", "[1, 2]", "case when true then 'from' end", '"q"',
    "{'a': 1}", "cast(1 as varchar)", "(1 + 2) * 3", "'it''s'",
])


@given(st.lists(st.tuples(NAMES, EXPRESSIONS, COMMENTS), min_size=1, max_size=6, unique_by=lambda column: column[0].lower()))
def test_names_are_those_that_the_database_finds_and_comments_come_back(columns):
    lines = [
        f"    {expression} as {quoted(name)}{'' if last else ','}" + (f"  -- {comment}" if comment else "")
        for (name, expression, comment), last in zip(columns, [False] * (len(columns) - 1) + [True], strict=True)
    ]
    sql = "with t as (select 'x' as q)\nselect\n" + "\n".join(lines) + "\nfrom t"
    found = final_columns(sql)
    assert found == {name: comment for name, _, comment in columns}
    assert list(found) == duckdb.sql(sql).columns


def test_every_packaged_select_is_read_as_the_database_reads_it(spec_runner):
    for node in spec_runner.plan.nodes.values():
        assert list(final_columns(node.sql)) == spec_runner.con.sql(f"from {node.table} limit 0").columns, node.table


def test_a_formula_is_its_expression_and_its_column():
    sql = "select\n    pair.a\n        / nullif(pair.b, 0)  -- guarded\n        as similarity  -- cosine\nfrom pair\n"
    assert formula(sql) == ("pair.a / nullif(pair.b, 0)", "similarity")
    assert formula("SELECT cast(a as double) AS s FROM pair") == ("cast(a as double)", "s")
    assert formula("select '--' || a as s from pair") == ("'--' || a", "s")


@pytest.mark.parametrize("sql", ["select a from pair", "select a as s from other", "select a as s from pair where a > 0", ""])
def test_what_is_no_formula_is_none(sql):
    assert formula(sql) == ("", "")


def test_the_final_select_can_be_replaced_to_look_at_a_part():
    sql = "with a as (select 1 as x), b as (select x + 1 as y from a) select y from b where y > 5"
    assert duckdb.sql(with_final(sql, "select * from a")).fetchall() == [(1,)]
    assert duckdb.sql(with_final(sql, "select * from b")).fetchall() == [(2,)]
    assert with_final(HARD, "select * from nested").endswith("from u) as b)\n\nselect * from nested")
    assert with_final("select 1", "select 2") == "select 2"


# --- a select for some of its rows

HAD = "had as (select * from (values (1, 7, 'x'), (1, 8, 'y'), (2, 7, 'y'), (2, 9, 'from')) as had(user_no, thing, word))"


@pytest.mark.parametrize("sql", [
    f"with {HAD} select had.user_no, had.thing as item_no, word  -- the word, from afar\nfrom had",
    f"with {HAD} select user_no, thing + 1 as item_no, word from had where word = 'y' or word = 'x' -- or both",
    f"with {HAD}, few as (select * from had where thing < 9)\nselect few.user_no, had.thing as item_no, (select max(word) from had) as word\n"
    "from few\nleft join had on had.user_no = few.user_no\n    and had.thing <> few.thing\nwhere few.word <> 'where'",
    f"with {HAD} select case when extract(year from date '2024-01-01') = 2024 then user_no end as user_no, thing as item_no from had",
])
def test_a_select_for_what_is_asked_finds_the_same_of_that(sql):
    asked = "with asked as (select * from (values (1, 8), (1, 9), (2, 7), (3, 7)) as asked(asked_user_no, asked_item_no))"
    keys = "user_no = asked_user_no and item_no = asked_item_no"
    narrowed = among(sql, ("user_no", "item_no"), "asked")
    wanted = duckdb.sql(f"{asked} select found.* from ({sql}\n) as found semi join asked on {keys}").fetchall()
    assert sorted(duckdb.sql(f"{asked} from ({narrowed})").fetchall()) == sorted(wanted)
    assert "asked" in narrowed and wanted


@pytest.mark.parametrize("sql", [
    "select user_no, item_no, count(*) as n from t group by user_no, item_no",
    "select distinct user_no, item_no from t",
    "select user_no, item_no, row_number() over (order by n) as place from t",
    "select user_no, item_no from t union all select user_no, item_no from u",
    "select user_no, item_no from t order by n limit 3",
    "select user_no, thing from t",
    "select * from t",
])
def test_a_select_that_does_more_than_choose_rows_is_left_alone(sql):
    assert among(sql, ("user_no", "item_no"), "asked") is None


def test_every_scorer_can_be_asked_of_few(library, spec_runner):
    """Otherwise what a recommendation comes from is sought among all that scorers ever say, which takes several times as long."""
    for model in library.members(library.families["score"]):
        asked = among(spec_runner.plan.nodes[model.table].sql, ("user_no", "item_no"), "asked")
        assert asked, model.table
        few = "with asked as (select 1 as asked_user_no, 2 as asked_item_no)"
        assert spec_runner.con.sql(f"{few} from ({asked})").columns == spec_runner.con.sql(f"from {model.table}").columns
