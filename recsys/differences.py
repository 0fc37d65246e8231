"""What is different from the refresh that was published before: data, parameters, models, and who moved because of it."""

from typing import TYPE_CHECKING

import duckdb

from recsys.files import Paths, attach_published

if TYPE_CHECKING:
    import pandas as pd

    from recsys.project import Project

_FOUND = """
insert into workspace.meta.changes
select 'parameter', coalesce(now.name, before.name), before.value, now.value
from workspace.meta.params as now
full join published.meta.params as before on before.name = now.name
where now.value is distinct from before.value
union all
select 'model', coalesce(now.table_name, before.table_name), before.fingerprint, now.fingerprint
from workspace.meta.models as now
full join published.meta.models as before on before.table_name = now.table_name
where now.fingerprint is distinct from before.fingerprint
order by all
"""
_DATA = """
with runs as (
    select run_id, input, source, used_count, net_amount, dense_rank() over (order by run_id desc) as place from reconciliation_history
),
sources as (
    select coalesce(now.input, before.input) || ' ' || coalesce(now.source, before.source) as name,
        before.used_count as rows_before, now.used_count as rows_now, before.net_amount as net_before, now.net_amount as net_now
    from (from runs where place = 1) as now
    full join (from runs where place = 2) as before on before.input = now.input and before.source = now.source
    where exists (from runs where place = 2)
)
select 'data' as what, name || ': rows' as name, rows_before::varchar as before, rows_now::varchar as now
from sources where rows_now is distinct from rows_before
union all
select 'data', name || ': net amount', round(net_before, 2)::decimal(18, 2)::varchar, round(net_now, 2)::decimal(18, 2)::varchar
from sources where net_now is distinct from net_before
union all
select kind, name, if(kind = 'model', if(value_before is null, null, 'as it was'), value_before),
    if(kind = 'model', if(value_now is null, null, if(value_before is null, 'new', 'changed')), value_now)
from meta.changes
order by all
"""
_MOVED = """
select segmentation, cause, sum(transition_count)::bigint as users, since_on as since
from segment_transitions
where known_on = (select max(known_on) from segment_transitions) and since_on is not null and cause <> 'stayed'
group by segmentation, cause, since_on order by segmentation, users desc, cause
"""


def note(con: duckdb.DuckDBPyConnection, paths: Paths) -> None:
    """Fill meta.changes: parameters and models of this run that are not as in the published file."""
    con.execute("delete from workspace.meta.changes")
    if not paths.published.exists():
        return
    attach_published(con, paths.published)
    try:
        con.execute(_FOUND)
    except duckdb.BinderException:
        pass  # an earlier version published no fingerprints
    finally:
        con.execute("detach published")


def parts(project: "Project") -> "list[tuple[str, pd.DataFrame]]":
    """Return (title, table) of what differs from the last refresh, and of how many moved and why."""
    return [("Different from the refresh before", project.query(_DATA)), ("Who moved since then, and why", project.query(_MOVED))]
