"""The same inputs give the same published tables, bit for bit, for any number of threads and on either DuckDB.

The receipts of the demo, half a million lines, with kinds of products in place of products: the kernel has less to
do, but every step still reads several row groups, and only then do several threads take part in one sum.
"""

import sys
from pathlib import Path

import duckdb
import pytest
from tests_support import ran

from recsys.library import bundled

ROW_GROUP = 122_880
HERE = duckdb.__version__[:3]
INPUTS = """
copy (
    select lines.*, products.product_type
    from '{data}/transactions.parquet' as lines
    inner join '{data}/products.parquet' as products on products.product_id = lines.product_id
    order by all
) to '{folder}/lines.parquet';
copy (
    select product_type, min(product_category) as category, min(brand) as brand, min(department) as department
    from '{data}/products.parquet'
    where product_type is not null
    group by product_type
    order by all
) to '{folder}/kinds.parquet';
"""
PROJECT = """
timezone = "America/New_York"
currency = "USD"

[[interactions]]
from = "{folder}/lines.parquet"
[interactions.columns]
user_id = "household_id"
item_id = "product_type"
occurred_at = "transaction_timestamp"
order_id = "basket_id"
shop_id = "store_id"
quantity = "quantity"
line_amount = "sales_value + retail_disc + coupon_match_disc"
discount_amount = "retail_disc + coupon_match_disc"

[[items]]
from = "{folder}/kinds.parquet"
[items.columns]
item_id = "product_type"
category = "category"
brand = "brand"
tags = "department"
text = "product_type"

[[users]]
from = "{data}/demographics.parquet"
[users.columns]
user_id = "household_id"
age = "age"
income = "income"
"""
REFRESH = "import sys; from recsys import Project; Project(sys.argv[1]).refresh(threads=int(sys.argv[2]))"


@pytest.fixture(scope="module")
def refreshed(once, duckdb_of):
    """Return a function from threads and DuckDB's version to the project folder that they refreshed."""
    data = (bundled("data") / "groceries").as_posix()
    inputs = once("kinds", lambda folder: duckdb.connect().execute(INPUTS.format(data=data, folder=folder.as_posix())))

    def find(threads: int, version: str) -> Path:
        env = duckdb_of(version)

        def fill(folder: Path) -> None:
            text = PROJECT.format(data=data, folder=inputs.as_posix())
            (folder / "recsys.toml").write_text(text, encoding="utf-8")
            ran(sys.executable, "-c", REFRESH, folder, threads, env=env, seconds=600)

        return once(f"kinds-{threads}-threads-{version}", fill)

    return find


def tables(con: duckdb.DuckDBPyConnection, catalog: str) -> dict[str, list[tuple[str, str]]]:
    """The published tables with names and types of their columns, but for the time of the refresh."""
    found = {}
    for table, column, kind in con.execute(
        "select table_name, column_name, data_type from duckdb_columns() where database_name = ? and schema_name = 'main' "
        "and column_name <> 'run_started_at' order by table_name, column_index", [catalog]
    ).fetchall():
        found.setdefault(table, []).append((column, kind))
    return found


def differences(mine: Path, theirs: Path) -> list[str]:
    """Row by row, in the order in which they are published: the first row of each table that differs."""
    found = []
    with duckdb.connect() as con:
        for name, folder in (("mine", mine), ("theirs", theirs)):
            con.execute(f"attach '{folder / 'recsys.duckdb'}' as {name} (read_only)")
        assert tables(con, "mine") == tables(con, "theirs")
        for table, columns in tables(con, "mine").items():
            row = "row(" + ", ".join(f'"{column}"' for column, _ in columns) + ")"
            first = con.execute(
                f'select one.line, other.line from (select {row} as line from mine."{table}") as one '
                f'positional join (select {row} as line from theirs."{table}") as other '
                "where one.line is distinct from other.line limit 1"
            ).fetchall()
            found += [f"{table}: {one} and {other}" for one, other in first]
    return found


@pytest.mark.slow
def test_so_much_is_read_that_several_threads_take_part(refreshed):
    with duckdb.connect(str(refreshed(4, HERE) / ".recsys" / "workspace.duckdb"), read_only=True) as con:
        for table in ("staging.interactions", "profile.user_item", "similarity.cell"):
            assert con.sql(f"select count(*) from {table}").fetchall()[0][0] > ROW_GROUP, table


@pytest.mark.slow
def test_what_is_published_is_the_same_for_any_number_of_threads(refreshed):
    assert not differences(refreshed(1, HERE), refreshed(4, HERE))


@pytest.mark.slow
@pytest.mark.parametrize("version", [version for version in ("1.5", "2.0") if version != HERE])
def test_what_is_published_is_the_same_on_another_version_of_duckdb(refreshed, version):
    assert not differences(refreshed(4, HERE), refreshed(2, version))
