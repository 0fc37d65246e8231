/*
Strategies of the project file for segments that there are not in this refresh.

A cluster is called by what sets it apart, and may be called otherwise in another refresh; a rule
may be switched off. That is no reason to stop, but nobody hears what was written for it.

grain: finding, source
check: warn row_count = 0 -- [strategies] speaks of {example}: no segment of this refresh is
    called so, and nobody hears it. `recsys segment` lists those that there are
*/
select
    'strategy for no segment' as finding,  -- what was found
    'strategies of the project file for what is no segment now: ' || listed(told.segment)
        as meaning,  -- what that means
    'recsys.toml' as source,  -- the source's name in the project file; here the file itself
    count(*) as row_count,  -- how often
    min(told.segment) as example  -- the first of them
from segment.told_strategies as told
left join segment.strategies
    on strategies.segment = told.segment
where told.is_by_project
    and strategies.segment is null
having count(*) > 0
