/*
What is odd in the data, counted per source.

grain: finding, source
*/
select
    data_quality.finding,
    data_quality.meaning,
    data_quality.source,
    data_quality.row_count,
    data_quality.example
from staging.data_quality
union all
select
    findings.finding,
    findings.meaning,
    findings.source,
    findings.row_count,
    findings.example
from profile.basket_findings as findings
union all
select
    findings.finding,
    findings.meaning,
    findings.source,
    findings.row_count,
    findings.example
from similarity.cap_findings as findings
union all
select
    findings.finding,
    findings.meaning,
    findings.source,
    findings.row_count,
    findings.example
from segment.strategy_findings as findings
