"""Whether the inputs are sound: rows lost, currencies, times, keys, and what else is odd in the data."""

from collections.abc import Iterator

from recsys.config import Config
from recsys.doctor.finding import Facts, Finding
from recsys.mapping import Input
from recsys.readers import find_files
from recsys.words import counted, number, percent

#: data_quality findings that are told of here in other words
TOLD_ELSEWHERE = ("rejected", "superseded", "identical rows", "unmatched refund", "unidentified")


def inputs_found(facts: Facts, inputs: dict[str, list[Input]]) -> Iterator[Finding]:
    yield from _sources(facts)
    yield from _keys(facts)
    yield from _currencies(facts)
    yield from _times(facts, inputs)
    skipped = ", ".join(f"'{finding}'" for finding in TOLD_ELSEWHERE)
    for row in facts.rows(f"from staging.data_quality where finding not in ({skipped}) order by finding, source"):
        yield Finding(f"data of {row['source']}", "warning", f"{row['finding']}: {number(row['row_count'])} (such as {row['example']})",
                      row["meaning"])


def _sources(facts: Facts) -> Iterator[Finding]:
    for row in facts.rows("from staging.reconciliation order by input, source"):
        read, rejected, late = row["read_count"], row["rejected_count"], row["is_late"]
        there = [counted(read, "row")]
        there += [f"{number(rejected)} unusable"] if rejected else []
        there += [f"{number(row['superseded_count'])} superseded"] if row["superseded_count"] else []
        there += [f"{percent(row['unidentified_count'], read)} of guests"] if row["unidentified_count"] else []
        there += [f"through {row['data_through_on']}"] if row["data_through_on"] else []
        missing = [] if read else ["no rows: is it the right file, or does `where` leave out all?"]
        if rejected:
            stops = "" if row["is_within_limit"] else "a refresh would stop; "
            missing.append(stops + "mostly " + _reasons(facts, row["input"], row["source"]))
        missing += ["its data end long before the others'; is an export missing?"] if late else []
        state = "no" if not row["is_within_limit"] or not read else "warning" if rejected or late else "ok"
        yield Finding(f"{row['input']} {row['source']}", state, ", ".join(there), "; ".join(missing))


def _reasons(facts: Facts, kind: str, source: str) -> str:
    found = facts.con.execute(
        "select rejected_for, row_count from staging.rejection_reasons where input = ? and source = ? "
        "order by reason_no limit 2", [kind, source]
    ).fetchall()
    return ", ".join(f"{reason} ({number(count)})" for reason, count in found)


def _keys(facts: Facts) -> Iterator[Finding]:
    like = dict(facts.con.sql("select source, row_count from staging.data_quality where finding = 'identical rows'").fetchall())
    for source in facts.config.of("interactions"):
        topic = f"overlaps in {source.name}"
        if source.key:
            continue
        count = like.get(source.name, 0)
        several = isinstance(source.origin, str | list) and len(find_files(source, facts.config.folder)) > 1
        advice = "two sales or a repeated export? If repeated, say `key = [...]`: the columns that identify a row"
        if count:
            yield Finding(topic, "warning", f"{counted(count, 'row')} more than once, alike in all that counts", advice)
        elif several:
            yield Finding(topic, "ok", "several files, no identical rows", "if they may overlap one day: `key = [...]`")


def _currencies(facts: Facts) -> Iterator[Finding]:
    rows = facts.rows("from staging.currencies_used order by currency")
    home = facts.params["project.currency"]
    if "currency" not in facts.config.project and rows:
        yield Finding("reporting currency", "warning", f"not stated, taken as {home}", 'currency = "..." at the top of recsys.toml')
    if "amounts_include_tax" not in facts.config.project and facts.is_mapped("interactions", "tax_amount"):
        yield Finding("tax", "warning", "whether amounts include it is not stated, taken as included",
                      "amounts_include_tax = true or false at the top of recsys.toml")
    unrated = [f"{row['currency']} ({counted(row['unrated_count'], 'row')})" for row in rows if row["unrated_count"]]
    if unrated:
        yield Finding("exchange rates", "no", f"no rate for {', '.join(unrated)}; a refresh would stop",
                      "an [[exchange_rates]] block with its currency and rate, valid from the first day")
    elif len(rows) > 1:
        yield Finding("exchange rates", "ok", f"{', '.join(row['currency'] for row in rows)} in {home}")


def _times(facts: Facts, inputs: dict[str, list[Input]]) -> Iterator[Finding]:
    zone = facts.params["project.timezone"]
    local = [source.name for source in inputs["interactions"] if _is_local(facts, source)]
    stated = "timezone" in facts.config.project or all(
        source.timezone for source in facts.config.of("interactions") if source.name in local
    )
    if local and not stated:
        yield Finding("time zone", "warning", f"times in {', '.join(local)} have no offset and are taken as {zone}",
                      'timezone = "Europe/Berlin" (or yours) at the top of recsys.toml: it decides days and hours')
    undated = [source.name for source in facts.config.of("interactions") if "occurred_at" not in source.columns
               and not facts.is_mapped("orders", "ordered_at")]
    if undated:
        yield Finding("dates", "partly", f"no dates in {', '.join(undated)}", "occurred_at under [interactions.columns]")


def _is_local(facts: Facts, source: Input) -> bool:
    """Whether a source's times say no offset, so that the project's time zone decides."""
    for column in source.columns:
        if column.name == "occurred_at" and not column.is_fallible:
            return column.value.startswith("local_to_utc")
        if column.name == "occurred_at":
            return facts.value(
                f"select coalesce(avg(cast(regexp_matches(word, '[-/.].*[-/.].*:') and not regexp_matches(word, "
                f"':.*(Z|UTC|[+-]\\d\\d(:?\\d\\d)?)$') as integer)), 0) > 0.5 from (select {column.text} as word from {source.relation} limit 1000)"
            )
    return False


def unreadable(config: Config, errors: dict[str, str]) -> Iterator[Finding]:
    """Say which sources cannot be read or mapped at all."""
    for source in config.sources:
        name = f"{source.kind} {source.name}"
        if name in errors:
            yield Finding(name, "no", "cannot be used", errors[name].removeprefix(f"{source.where}: "))
