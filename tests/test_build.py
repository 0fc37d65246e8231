"""Each kind of model becomes the table that its header promises, with its comments, and is checked."""

import duckdb
import pytest

from recsys.build import Builder
from recsys.errors import RecsysError


def comments(tiny, table: str) -> dict[str, str | None]:
    schema, name = table.split(".")
    return dict(tiny.con.execute(
        "select column_name, comment from duckdb_columns() where schema_name = ? and table_name = ? order by column_index",
        [schema, name]).fetchall())


# --- tables, views, comments


def test_a_table_is_made_and_counted(tiny):
    tiny.model("staging.a", "select unnest([1, 2, 3]) as id  -- the id")
    built = tiny.build()["staging.a"]
    assert (built.kind, built.row_count, built.warnings) == ("table", 3, [])
    assert tiny.rows("staging.a") == [(1,), (2,), (3,)]


def test_a_view_stays_a_view_and_has_its_comments(tiny):
    tiny.model("staging.a", "select 1 as id  -- the id")
    tiny.model("mart.b", "select id, id + 1 as next_id  -- the one after\nfrom staging.a", kind="view")
    tiny.build()
    tiny.con.execute("insert into staging.a values (7)")
    assert tiny.rows("mart.b") == [(1, 2), (7, 8)]
    assert comments(tiny, "mart.b") == {"id": "the id", "next_id": "the one after"}


def test_a_model_that_changes_its_kind_replaces_what_was_there(tiny):
    for kind in ("view", "table", "view"):
        tiny.model("staging.a", "select 1 as id  -- the id", kind=kind)
        tiny.build()
        assert tiny.rows("staging.a") == [(1,)]


def test_comments_reach_the_database_and_are_inherited_over_several_tables(tiny):
    tiny.model("staging.a", "select\n    1 as id,  -- the user's id\n    2 as \"odd name\"  -- it's odd")
    tiny.model("profile.b", "select id, \"odd name\", 3 as own  -- born here\nfrom staging.a")
    tiny.model("mart.c", "with part as (select * from profile.b)\nselect\n    id,  -- now: the client's id\n    \"odd name\",\n    own\nfrom part")
    tiny.build()
    assert comments(tiny, "mart.c") == {"id": "now: the client's id", "odd name": "it's odd", "own": "born here"}
    assert tiny.con.sql("select comment from duckdb_tables() where table_name = 'c'").fetchall() == [("A tiny c.",)]


def test_a_column_without_a_comment_is_an_error(tiny):
    tiny.model("staging.a", "select 1 as id,  -- the id\n2 as bare")
    with pytest.raises(RecsysError, match="a.sql: column bare has no comment"):
        tiny.build()


def test_sql_that_does_not_run_is_named_with_its_file(tiny):
    tiny.model("staging.a", "select nothing as id  -- the id")
    with pytest.raises(RecsysError, match="a.sql: Binder Error: .*nothing") as error:
        tiny.build()
    assert "\n" not in str(error.value)


# --- tiled

TILES = "select tile_no as id,  -- tile\n    tile_no * 10 as from_no  -- first number\nfrom unnest([{tiles}]) as t(tile_no)"


def tiled(tiny, tiles: str, select: str):
    tiny.model("similarity.tile", TILES.format(tiles=tiles).replace("[]", "cast([] as integer[])"))
    tiny.model("similarity.work", select, kind="tiled", tiles="similarity.tile")


def test_a_tiled_model_runs_once_per_tile_with_the_tiles_values(tiny):
    tiled(tiny, "3, 1, 2", "select {{ tile.id }} as id,  -- tile\n{{ tile.from_no }} as no  -- first")
    ticks = []
    assert tiny.build(lambda done, total: ticks.append((done, total)))["similarity.work"].row_count == 3
    assert tiny.rows("similarity.work") == [(1, 10), (2, 20), (3, 30)]
    assert ticks == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_what_is_done_of_a_tiled_model_is_counted_in_the_rows_that_its_tiles_join(tiny):
    tiny.model("similarity.tile", "select id,  -- tile\n    1000000 * id as joined_row_count  -- rows\nfrom range(1, 4) as t(id)")
    tiny.model("similarity.work", "select {{ tile.id }} as id  -- tile", kind="tiled", tiles="similarity.tile")
    ticks = []
    tiny.con.execute("set threads = 1")
    tiny.build(lambda done, total: ticks.append((done, total)))
    assert ticks == [(done, 6_300_000) for done in (0, 1_100_000, 3_200_000, 6_300_000)]  # and what each statement costs


def test_tiles_that_run_side_by_side_lose_and_double_nothing(tiny):
    tiny.con.execute("set threads = 3")
    tiled(tiny, ", ".join(map(str, range(60))), "select 500 * {{ tile.id }} + place as id  -- row\nfrom range(500) as r(place)")
    tiny.build()
    assert tiny.rows("similarity.work") == [(number,) for number in range(60 * 500)]
    assert tiny.con.sql("select current_setting('threads')").fetchall() == [(3,)]


def test_a_tile_that_fails_among_others_is_named_and_stops_them(tiny):
    tiny.con.execute("set threads = 2")
    tiled(tiny, ", ".join(map(str, range(20))), "select {{ tile.id }} as id,  -- tile\nwhere {{ tile.id }} < 15 or error('tile too many') is null")
    with pytest.raises(RecsysError, match="work.sql: .*tile too many"):
        tiny.build()
    assert tiny.con.sql("select current_setting('threads')").fetchall() == [(2,)]


def test_a_tiled_model_with_an_empty_first_tile_gets_the_rows_of_the_others(tiny):
    tiled(tiny, "1, 2, 3", "select {{ tile.id }} as id  -- tile\nwhere {{ tile.id }} > 1")
    tiny.build()
    assert tiny.rows("similarity.work") == [(2,), (3,)]


def test_a_tiled_model_without_tiles_is_an_empty_table_with_its_columns(tiny):
    tiled(tiny, "", "select {{ tile.id }} as id  -- tile\nwhere {{ tile.id }} > 0")
    assert tiny.build()["similarity.work"].row_count == 0


def test_a_tiled_model_may_read_its_own_result_so_far(tiny):
    tiled(tiny, "1, 2, 3, 4",
          "select {{ tile.id }} as id,  -- tile\n(select count(*) from similarity.work) as seen_count,  -- rows before\n"
          "(select coalesce(sum(id), 0) from similarity.work) as seen_sum  -- their sum")
    plan = tiny.plan()
    assert plan.inputs["similarity.work"] == {"similarity.tile"}, "its own result is no edge of the graph"
    tiny.build()
    assert tiny.con.sql("select id, seen_count, seen_sum from similarity.work order by id").fetchall() == [
        (1, 0, 0), (2, 1, 1), (3, 2, 3), (4, 3, 6)]
    tiny.build()
    assert tiny.con.sql("select max(seen_count) from similarity.work").fetchall() == [(3,)], "a second run starts afresh"


@pytest.mark.parametrize("is_in_transaction", [False, True])
def test_batches_of_tiles_are_cut_to_what_is_kept_and_seen_by_the_next(tiny, is_in_transaction):
    tiny.model("similarity.tile", "select place // 3 as batch_no,  -- batch\n    place as id  -- tile\nfrom range(1, 5) as r(place)")
    tiny.model("similarity.best",
               "select {{ tile.id }} as id,  -- tile\n10 * {{ tile.id }} + place as score,  -- score\n"
               "(select coalesce(max(score), 0) from similarity.best) as best_score  -- the best so far\nfrom range(3) as r(place)",
               kind="tiled", tiles="similarity.tile", grain="id, score", keep="row_number() over (order by score desc) <= {{ kept }}",
               param="kept = 2 (rows)")
    if is_in_transaction:
        tiny.con.execute("begin")
    ticks = []
    tiny.build(lambda done, total: ticks.append((done, total)))
    assert tiny.con.sql("select id, score from similarity.best order by all").fetchall() == [(4, 41), (4, 42)]
    seen = tiny.con.sql("select min(best_score) from similarity.best").fetchall()[0][0]
    assert seen >= 22, "tiles of the second batch see what the first has left"
    assert ticks[0] == (0, 4) and (is_in_transaction or ticks[-1] == (4, 4))


# --- iterated

COMPONENTS = """
select edge.id,  -- a node
    least(min(edge.id), min(edge.other), coalesce(min(mine.component), edge.id),
          coalesce(min(theirs.component), edge.id)) as component  -- the smallest node that it hangs together with
from staging.edges as edge
left join staging.components as mine on mine.id = edge.id
left join staging.components as theirs on theirs.id = edge.other
group by edge.id
"""
UNCHANGED = "not exists (select id, component from this except select id, component from last)"


def chain(tiny, length: int, at_most: int):
    tiny.model("staging.edges", "select unnest([1]) as id,  -- from\n1 as other  -- to\nwhere false\n"
               f"union all select i, i + 1 from range(1, {length}) as t(i)\nunion all select i + 1, i from range(1, {length}) as t(i)\n"
               "union all select 100, 101 union all select 101, 100", grain="id, other")
    tiny.model("staging.components", COMPONENTS, kind="iterated", until=UNCHANGED, at_most=at_most)


def test_an_iterated_model_runs_until_nothing_changes(tiny):
    chain(tiny, 12, 50)
    ticks = []
    tiny.build(lambda done, total: ticks.append(done))
    assert tiny.rows("staging.components") == [(number, 1) for number in range(1, 13)] + [(100, 100), (101, 100)]
    assert 5 < len(ticks) < 15
    assert tiny.builder.comments["staging.components"]["id"] == "a node"


def test_an_iterated_model_stops_at_its_bound(tiny):
    chain(tiny, 12, 3)
    ticks = []
    tiny.build(lambda done, total: ticks.append((done, total)))
    assert ticks == [(1, 3), (2, 3)]
    assert tiny.con.sql("select component from staging.components where id = 12").fetchall() != [(1,)]


def test_an_iterated_model_leaves_nothing_else_behind(tiny):
    chain(tiny, 4, 50)
    tiny.build()
    assert tiny.con.sql("select table_name from duckdb_tables() order by all").fetchall() == [("components",), ("edges",)]
    assert tiny.con.sql("select view_name from duckdb_views() where not internal").fetchall() == []


# --- history


def history(tiny, select: str = "select {{ run_id }} as run_id,  -- the run\n{{ run_id }} * 10 as value  -- its value"):
    tiny.model("mart.runs", select, kind="history", grain="run_id, value")


def test_a_history_grows_by_the_rows_of_each_run(tiny):
    history(tiny)
    for run_id in (1, 2, 3):
        tiny.build(run_id=run_id)
    assert tiny.rows("mart.runs") == [(1, 10), (2, 20), (3, 30)]


def test_a_run_that_is_repeated_replaces_its_own_rows_only(tiny):
    history(tiny)
    tiny.build(run_id=1)
    tiny.build(run_id=2)
    history(tiny, "select {{ run_id }} as run_id,  -- the run\nunnest([7, 8]) as value  -- its value")
    tiny.build(run_id=2)
    assert tiny.rows("mart.runs") == [(1, 10), (2, 7), (2, 8)]


def test_a_column_that_a_history_gains_is_empty_for_the_older_runs(tiny):
    history(tiny)
    tiny.build(run_id=1)
    history(tiny, "select 'x' as note,  -- new\n{{ run_id }} * 10 as value,  -- its value\n{{ run_id }} as run_id  -- the run")
    tiny.build(run_id=2)
    assert tiny.con.sql("select run_id, value, note from mart.runs order by run_id").fetchall() == [(1, 10, None), (2, 20, "x")]
    assert comments(tiny, "mart.runs")["note"] == "new"


def test_a_column_that_a_history_loses_keeps_what_the_older_runs_had(tiny):
    history(tiny, "select {{ run_id }} as run_id,  -- the run\n1 as value,  -- its value\n'x' as note  -- gone later")
    tiny.build(run_id=1)
    history(tiny, "select {{ run_id }} as run_id,  -- the run\n1 as value  -- its value")
    tiny.build(run_id=2)
    assert tiny.con.sql("select run_id, note from mart.runs order by run_id").fetchall() == [(1, "x"), (2, None)]
    assert comments(tiny, "mart.runs")["note"] == "filled by earlier versions only"


def test_a_history_may_read_what_earlier_runs_left(tiny):
    history(tiny, "select {{ run_id }} as run_id,  -- the run\ncount(*) as value  -- rows before\nfrom mart.runs where run_id < {{ run_id }}")
    for run_id in (1, 2, 3, 3):
        tiny.build(run_id=run_id)
    assert tiny.rows("mart.runs") == [(1, 0), (2, 1), (3, 2)]


# --- checks


def refused(tiny, select: str, **keys) -> str:
    tiny.model("staging.a", select, **keys)
    with pytest.raises(RecsysError) as error:
        tiny.build()
    assert str(tiny.root / "staging" / "a.sql") in str(error.value)
    return str(error.value)


def test_advice_may_name_a_value_of_the_row(tiny):
    tiny.model("staging.a", "select unnest([1, 2, 3]) as id,  -- the id\n'too ' || id as reason  -- why",
               check="id < 2 -- mostly {reason}, {nothing}")
    with pytest.raises(RecsysError, match=r"\(first: id = 2\): mostly too 2, \{nothing\}"):
        tiny.build()


def test_a_broken_check_stops_with_model_check_count_first_row_and_advice(tiny):
    said = refused(tiny, "select unnest([1, 2, null]) as v,  -- v\nrow_number() over () as id  -- id", check="v > 1 -- look at the exports")
    assert "staging.a: 2 row(s) break `v > 1` (first: id = 1): look at the exports" in said


def test_a_check_that_warns_does_not_stop(tiny):
    tiny.model("staging.a", "select 1 as id  -- id", check=["warn id > 5 -- few", "id > 0"])
    built = tiny.build()["staging.a"]
    assert [str(warning) for warning in built.warnings] == ["staging.a: 1 row(s) break `id > 5` (first: id = 1): few"]


def test_two_rows_of_one_grain_stop(tiny):
    assert "staging.a: 1 row(s) break `one row per id, other`" in refused(
        tiny, "select 1 as id,  -- id\n2 as other  -- other\nunion all select 1, 2", grain="id, other")


def test_a_grain_that_is_null_or_not_there_stops(tiny):
    assert "1 row(s) break `id is not null`" in refused(tiny, "select cast(null as integer) as id  -- id")
    assert "grain names a column that is not there: no_id" in refused(tiny, "select 1 as id  -- id", grain="id, no_id")


def test_a_check_that_does_not_bind_is_named(tiny):
    assert "a check does not bind" in refused(tiny, "select 1 as id  -- id", check="nothing > 0")


@pytest.mark.parametrize("column, value, check", [
    ("view_share", "1.1::double", "view_share"), ("view_share", "-0.1::double", "view_share"),
    ("view_share", "'nan'::double", "isfinite"), ("buy_probability", "2.0::double", "buy_probability"),
    ("similarity", "-1.5::double", "similarity"), ("rank", "0", '"rank" >= 1'), ("order_count", "-1", "order_count"),
    ("score", "'inf'::double", "isfinite"), ("score", "'nan'::float", "isfinite"),
    ("seen_at", "'2024-01-01'", "seen_at is timestamp, not varchar"), ("seen_at", "date '2024-01-01'", "seen_at is timestamp, not date"),
    ("seen_on", "timestamp '2024-01-01'", "seen_on is date, not timestamp"),
    ("net_amount", "1.5::double", "net_amount is decimal, not double"), ("is_new", "1", "is_new is boolean, not integer"),
    ("has_any", "'yes'", "has_any is boolean, not varchar"), ("order_count", "1.5::double", "order_count is bigint, not double"),
])
def test_what_a_columns_name_promises_is_checked(tiny, column, value, check):
    assert check in refused(tiny, f"select 1 as id,  -- id\n{value} as {column}  -- c")


def test_columns_that_keep_their_promises_pass_to_the_last_digit(tiny):
    tiny.model("staging.a", """select 1 as id,  -- id
        1.0000000001::double as view_share,  -- within the tolerance
        cast(null as double) as buy_probability,  -- unknown
        -1::double as similarity,  -- opposite
        1 as rank,  -- first
        0::bigint as order_count,  -- none
        timestamp '2024-01-01' as seen_at,  -- at
        date '2024-01-01' as seen_on,  -- on
        1.5::decimal(18, 2) as net_amount,  -- money
        true as is_new,  -- new
        'text' as market_share_note,  -- no share
        'Germany' as country  -- no count
    """)
    tiny.build()


def test_checks_can_be_left_out(tiny):
    tiny.model("staging.a", "select 2.0::double as view_share,  -- v\n1 as id  -- id")
    builder = Builder(tiny.con, check=False)
    for node in tiny.plan().nodes.values():
        builder.build(node)
    assert tiny.rows("staging.a") == [(2.0, 1)]


def test_an_interruption_is_passed_on_as_it_is(tiny):
    class Interrupted:
        def __getattr__(self, name):
            return getattr(tiny.con, name)

        def execute(self, sql, *more):
            if sql.startswith("create or replace table"):
                raise duckdb.InterruptException("stop")
            return tiny.con.execute(sql, *more)

    tiny.model("staging.a", "select 1 as id  -- id")
    with pytest.raises(duckdb.InterruptException):
        Builder(Interrupted()).build(tiny.plan().nodes["staging.a"])
