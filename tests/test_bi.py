"""What BI tools find in the published file: each reads every table that is there, its comments and its macros.

Nothing here lists tables: what DuckDB finds in this process is what every other reader has to find.
"""

import inspect
import json
import shutil
import sys

import duckdb
import pytest
from tests_support import installed, ran

MACROS = [
    "from similar_to('P01', n := 3)",
    "from recommend_for_basket(['P01', 'P06'], n := 3)",
    "from why('3', (select min(item_id) from recommendation_reasons where user_id = '3'))",
]
TABLES = (
    "select schema_name, table_name, comment from duckdb_tables() "
    "where database_name = current_database() order by schema_name, table_name"
)
MACRO_COMMENTS = (
    "select function_name, comment from duckdb_functions() "
    "where database_name = current_database() and function_type = 'table_macro' and not internal order by function_name"
)
COLUMNS = (
    "select column_name, comment from duckdb_columns() "
    "where database_name = current_database() and schema_name = {} and table_name = {} order by column_index"
)


def told(con) -> dict[str, dict]:
    """All that is in the file: {schema.table: comment, columns with comments, rows as text}."""
    found = {}
    for schema, table, comment in con.execute(TABLES).fetchall():
        columns = con.execute(COLUMNS.format(f"'{schema}'", f"'{table}'")).fetchall()
        con.execute(f'select * from "{schema}"."{table}"').fetchall()  # every type is one that readers know
        rows = con.execute(f'select columns(*)::varchar from "{schema}"."{table}"').fetchall()
        found[f"{schema}.{table}"] = {"comment": comment, "columns": columns, "rows": rows}
    return found


@pytest.fixture(scope="module")
def published(handmade):
    return handmade / "recsys.duckdb"


@pytest.fixture(scope="module")
def expected(published) -> dict:
    with duckdb.connect(str(published), read_only=True) as con:
        found = {"tables": told(con), "macros": [con.execute(sql).fetchall() for sql in MACROS]}
        found["macro_comments"] = dict(con.execute(MACRO_COMMENTS).fetchall())
    return json.loads(json.dumps(found, default=str))


def test_every_table_and_column_says_what_it_means(expected):
    assert {"main", "meta"} == {name.split(".")[0] for name in expected["tables"]}
    for name, table in expected["tables"].items():
        assert table["comment"], f"{name} has no comment"
        silent = [column for column, comment in table["columns"] if not comment]
        assert not silent, f"{name}: no comment on {silent}"
    assert set(expected["macro_comments"]) == {"similar_to", "recommend_for_basket", "why"} and all(expected["macro_comments"].values())
    filled = [name for name, table in expected["tables"].items() if table["rows"]]
    assert len(filled) > len(expected["tables"]) / 2 and all(expected["macros"]), "who reads nothing proves nothing"


@pytest.fixture(scope="module")
def teashop(published, tmp_path_factory):
    """The published file with other goods in it: tea in three sizes, mugs in two colours."""
    with duckdb.connect(shutil.copy(published, tmp_path_factory.mktemp("teashop"))) as con:
        con.execute("delete from item_profiles; delete from similar_items")
        con.execute("""insert into item_profiles by name select * from (values
            ('tea', null, true, true), ('tea-s', 'tea', true, true), ('tea-l', 'tea', true, true), ('pot', null, true, true),
            ('mug-red', 'mug', true, true), ('mug-blue', 'mug', true, true), ('jam', null, true, false), ('bag', null, false, false)
        ) as items (item_id, parent_item_id, is_recommendable, is_available)""")
        con.execute("""insert into similar_items by name select *, upper(item_id) as item_name, 'cosine' as measure from (values
            ('tea-s', 'tea-l', 0.9), ('tea', 'tea-l', 0.9), ('jam', 'tea-l', 0.9), ('bag', 'tea-l', 0.9), ('pot', 'tea-l', 0.4),
            ('mug-red', 'tea-l', 0.5), ('mug-blue', 'tea-l', 0.3), ('mug-blue', 'pot', 0.3), ('tea-s', 'pot', 0.1), ('tea', 'pot', 0.2)
        ) as likeness (item_id, other_item_id, similarity)""")
        yield con


@pytest.mark.parametrize(("basket", "offered"), [
    (["tea-l"], [("mug-red", 0.5), ("pot", 0.4)]),  # no other tea, one mug, no jam that is sold out, no bag
    (["tea-l", "pot"], [("mug-blue", 0.6)]),  # of the two mugs the one for which both speak
    (["pot"], [("mug-blue", 0.3), ("tea", 0.2)]),
    (["tea-l", "mug-blue"], [("pot", 0.4)]),
    (["never seen"], []),
])
def test_a_basket_is_offered_no_variant_of_what_is_in_it_and_one_of_each_product(teashop, basket, offered):
    rows = teashop.execute("select item_id, score, place from recommend_for_basket(?)", [basket]).fetchall()
    assert rows == [(*row, place) for place, row in enumerate(offered, 1)]


READ = f"""
import json, sys, duckdb
TABLES, COLUMNS, MACRO_COMMENTS = {TABLES!r}, {COLUMNS!r}, {MACRO_COMMENTS!r}
{inspect.getsource(told)}
def read(con):
    return {{"tables": told(con), "macros": [con.execute(sql).fetchall() for sql in json.loads(sys.argv[2])],
            "macro_comments": dict(con.execute(MACRO_COMMENTS).fetchall())}}
directly = duckdb.connect(sys.argv[1], read_only=True)
attached = duckdb.connect()
attached.execute(f"attach '{{sys.argv[1]}}' as other (read_only)")
attached.execute("use other")
print(json.dumps([duckdb.__version__, read(directly), read(attached)], default=str))
"""


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.4", "1.5", "2.0"])
def test_duckdb_reads_every_table_comment_and_macro_opened_or_attached(published, expected, duckdb_of, version):
    there, directly, attached = json.loads(
        ran(sys.executable, "-c", READ, published, json.dumps(MACROS), env=duckdb_of(version)))
    assert there.startswith(f"{version}.")
    assert directly == expected
    assert attached == expected


READ_IN_NODE = """
const { DuckDBInstance } = require("@duckdb/node-api");
(async () => {
  const [path, macros, tables, columns] = process.argv.slice(2);
  const db = await DuckDBInstance.create(path, { access_mode: "READ_ONLY" });
  const con = await db.connect();
  const rows = async (sql) => (await con.runAndReadAll(sql)).getRowsJson();
  const found = { tables: {}, macros: [] };
  for (const [schema, table, comment] of await rows(tables)) {
    const name = `"${schema}"."${table}"`;
    await rows(`select * from ${name}`);
    found.tables[`${schema}.${table}`] = {
      comment,
      columns: await rows(columns.replace("{}", `'${schema}'`).replace("{}", `'${table}'`)),
      rows: await rows(`select columns(*)::varchar from ${name}`),
    };
  }
  for (const sql of JSON.parse(macros)) found.macros.push((await rows(sql)).length);
  console.log(JSON.stringify(found));
})();
"""


@pytest.mark.slow
def test_node_reads_every_table_comment_and_macro(published, expected, once):
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("node and npm are not installed")
    folder = once("node", lambda folder: installed(
        "npm", "install", "--no-audit", "--no-fund", "@duckdb/node-api", cwd=folder))
    (folder / "read.js").write_text(READ_IN_NODE)
    found = json.loads(ran("node", "read.js", published, json.dumps(MACROS), TABLES, COLUMNS, cwd=folder))
    assert found["tables"] == expected["tables"]
    assert found["macros"] == [len(rows) for rows in expected["macros"]]


READ_WITH_SQLALCHEMY = """
import json, sys, warnings
import sqlalchemy as sa
warnings.simplefilter("ignore")  # it has no indices to reflect
engine = sa.create_engine(f"duckdb:///{sys.argv[1]}", connect_args={"read_only": True})
inspector, found = sa.inspect(engine), {}
with engine.connect() as con:
    for schema in ("main", "meta"):
        assert inspector.get_view_names(schema=schema) == []
        metadata = sa.MetaData()
        metadata.reflect(engine, schema=schema)
        for table in metadata.tables.values():
            for column in table.columns:
                assert not isinstance(column.type, sa.types.NullType), f"{table}.{column} is of no known type"
            con.execute(sa.select(table)).fetchall()
            as_text = sa.select(*[sa.cast(column, sa.String) for column in table.columns])
            found[str(table)] = {
                "comment": table.comment,
                "columns": [[column.name, column.comment] for column in table.columns],
                "rows": [list(row) for row in con.execute(as_text)],
            }
print(json.dumps([sa.__version__, found]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("version", ["1.4", "2.0"])
def test_sqlalchemy_reflects_and_queries_every_table(published, expected, with_packages, version):
    env = with_packages("sqlalchemy==2.0.44", "duckdb-engine", f"duckdb=={version}.*")
    there, found = json.loads(ran(sys.executable, "-c", READ_WITH_SQLALCHEMY, published, env=env))
    assert there == "2.0.44"
    assert found == expected["tables"]
