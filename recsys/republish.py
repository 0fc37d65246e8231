"""Some tables of the published file anew, between two refreshes: everything else in it stays as analysts know it."""

import shutil
from collections.abc import Mapping

import duckdb

from recsys.files import Paths
from recsys.publish import put_in_place
from recsys.render import literal, quoted


def republish(con: duckdb.DuckDBPyConnection, paths: Paths, order_by: Mapping[str, str]) -> None:
    """Publish the last refresh again with the workspace's present rows of some tables of `mart`.

    The workspace's other tables may be those of a refresh that failed, so it is the published file that is copied.

    Args:
        order_by: {table: how it is sorted, as SQL}.

    Raises:
        RecsysError: it cannot be written or replaced; the published file is as it was.
    """

    def write() -> dict[str, int]:
        shutil.copyfile(paths.published, paths.candidate)
        con.execute(f"attach {literal(str(paths.candidate))} as candidate")
        for table, order in order_by.items():
            con.execute(f"delete from candidate.main.{quoted(table)}")
            con.execute(f"insert into candidate.main.{quoted(table)} by name select * from workspace.mart.{quoted(table)} "
                        f"order by {order}")
        names = con.sql("select schema_name, table_name from duckdb_tables() "
                        "where database_name = 'candidate'").fetchall()
        counts = {f"{schema}.{quoted(name)}": con.sql(f"select count(*) from candidate.{schema}.{quoted(name)}").fetchall()[0][0]
                  for schema, name in names}
        for table in order_by:
            con.execute(f"update candidate.meta.models set row_count = {counts[f'main.{quoted(table)}']} "
                        f"where table_name = {literal(f'mart.{table}')}")
        return counts

    run_id = con.sql("select max(run_id) from workspace.meta.runs where is_published").fetchall()[0][0]
    put_in_place(con, paths, run_id, write)
