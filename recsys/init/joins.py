"""What fits together across files: ids by the overlap of their values, keys by being unique. All measured."""

from recsys.init import words
from recsys.init.ids import whole
from recsys.init.model import Export, Source, ident, literal, percent
from recsys.init.names import ranked

PARTNERS = {"users": "user_id", "items": "item_id", "orders": "order_id"}


def overlap(lines: Export, line_column: str, other: Export, column: str, change: str = "{}") -> float:
    """Return the share of the ids in the sample of ``lines`` that ``other`` knows, both changed alike."""
    mine, theirs = change.format(whole(line_column)), change.format(whole(column))
    known = f"select {theirs} from {other.relation} where {ident(column)} is not null"
    asked = f"select distinct {mine} as id from {lines.sample} where {ident(line_column)} is not null"
    return lines.query(f"select avg(cast(id in ({known}) as integer)) from ({asked})")[0][0] or 0.0


def align(sources: list[Source], unsure: list[str]) -> list[Source]:
    """Choose the id columns that match best, say how well, and drop item lists that a better one replaces."""
    lines = [source for source in sources if source.kind == "interactions"]
    for kind, canonical in PARTNERS.items():
        others = [source for source in sources if source.kind == kind and not source.query]
        for line in lines:
            worst = match_all(line, others, canonical)
            unsure += [worst] if worst else []
        if kind == "items" and others:
            # The names found on order lines are a stopgap for a list of items.
            sources = [each for each in sources if not (each.kind == "items" and each.query and "name" in each.columns)]
    return sources


def match_all(line: Source, others: list[Source], canonical: str) -> str | None:
    """Match a source with all others; return a doubt, of the best of them, when it fits none."""
    mine = line.columns.get(canonical)
    fitting = [
        (overlap(line.export, mine, other.export, other.columns[canonical]), at)
        for at, other in enumerate(others)
        if line.export is not other.export
        and mine in line.export.columns
        and other.columns.get(canonical) in other.export.columns
    ]
    found: list[tuple[float, str | None]] = []
    for share, at in sorted(fitting, key=lambda pair: (-pair[0], pair[1])):
        settled = any(each[0] >= 0.9 for each in found)
        found.append(match(line, others[at], canonical, share, settled))
    if not found or any(doubt is None for _, doubt in found):
        return None
    return max(found, key=lambda pair: pair[0])[1]


def match(
    line: Source, other: Source, canonical: str, best: float, settled: bool
) -> tuple[float, str | None]:
    """Let one pair of sources agree on the columns that hold the same ids.

    A line's column that another source knows already is ``settled``. Returns the share and a doubt.
    """
    mine, theirs = line.columns[canonical], other.columns[canonical]
    if best < 0.9 and not settled:
        taken = set(line.columns.values()) - {mine}, set(other.columns.values()) - {theirs}
        for left in [mine, *(name for name in line.candidates.get(canonical, []) if name not in taken[0])]:
            for right in [
                theirs,
                *(name for name in other.candidates.get(canonical, []) if name not in taken[1]),
            ]:
                share = overlap(line.export, left, other.export, right)
                if share > best + 0.05:
                    best, line.columns[canonical], other.columns[canonical] = share, left, right
    mine, theirs = line.columns[canonical], other.columns[canonical]
    note = f"{percent(best)} of the ids in {line.export.label} ({mine}) are found here"
    if best >= other.matched:
        other.matched, other.why[canonical] = best, note
    known = overlap(other.export, theirs, line.export, mine)
    if best < 0.5 and known < 0.5:  # a list of some of the users is fine, one of others is not
        zeros = overlap(line.export, mine, other.export, theirs, "ltrim(lower(trim({})), '0')")
        hint = (
            (
                f" Without leading zeros, blanks and capitals {percent(zeros)} would: write the mapping as "
                f"ltrim(lower(trim(...)), '0') in both."
            )
            if zeros > best + 0.2
            else ""
        )
        return best, (
            f"Only {percent(best)} of {mine} in {line.export.label} are found as {theirs} in "
            f"{other.export.label}: are they the same kind of id?{hint}"
        )
    return best, None


def find_keys(source: Source, unsure: list[str]) -> None:
    """Give the source a key where one is proven, and the column that says which copy is the newest."""
    export, columns = source.export, source.columns
    if source.recognised or source.query:
        if len(export.paths) > 1 and source.kind == "interactions" and not source.key:
            repeated(source, unsure)
        return
    own = PARTNERS.get(source.kind) or ("id_value" if source.kind == "identities" else None)
    if source.kind == "interactions":
        tries = [
            [name]
            for name in ranked(export, words.LINE_KEYS)
            if name not in (columns.get("user_id"), columns.get("item_id"))
        ]
        tries += (
            [[columns[each] for each in ("order_id", "line_no")]]
            if {"order_id", "line_no"} <= set(columns)
            else []
        )
    else:
        tries = [[columns[own]]] if own and source.kind != "identities" else []
    tries = [names for names in tries if all(name in export.columns for name in names)]
    newest = [name for name in ranked(export, words.LATEST) if export.columns[name].date]
    for names in tries:
        rows, keys, different = counts(export, names)
        if keys in (rows, different) or newest and keys > 0.5 * rows:
            source.key = names
            if keys < rows:
                source.notes.append(f"{rows - keys:,} rows repeat a key; only the newest of each counts")
                source.latest_by = newest[0] if newest else ""
            elif newest:
                source.latest_by = newest[0]
            return
        if own:
            unsure.append(
                f"{export.label}: {rows - keys:,} of {rows:,} rows repeat a {names[0]} with different "
                "contents, and nothing says which is the newest. Name a latest_by, or export one row each."
            )
    pair = [columns.get("order_id"), columns.get("item_id")]
    if source.kind == "interactions" and all(name in export.columns for name in pair):
        rows, keys, _ = counts(export, pair)
        source.maybe_key = pair if rows == keys else []
    if source.kind == "interactions" and len(export.paths) > 1:
        repeated(source, unsure)


def counts(export: Export, names: list[str]) -> tuple[int, int, int]:
    """Return (rows, different keys, different rows); a key with an empty part counts as none."""
    key = "(" + ", ".join(f"{ident(name)}::varchar" for name in names) + ")"
    filled = " and ".join(f"{ident(name)} is not null" for name in names)
    rows, keys = export.query(
        f"select count(*), count(distinct {key}) filter ({filled}) from {export.relation}"
    )[0]
    if keys == rows:
        return rows, keys, rows
    different = export.query(f"select count(*) from (select distinct * from {export.relation})")[0][0]
    return rows, keys, different


def repeated(source: Source, unsure: list[str]) -> None:
    """Warn of rows that stand in several files when no key tells copies from equal sales."""
    export = source.export
    whole = literal(export.files)

    def different(files: list[str]) -> int:
        relation = export.relation.replace(whole, literal(files))
        return export.query(f"select count(*) from (select distinct * from {relation})")[0][0]

    both = sum(different([file]) for file in export.files) - different(export.files)
    if both:
        unsure.append(
            f"{both:,} rows stand in more than one of {', '.join(path.name for path in export.paths[:4])}, "
            "and no column identifies a row: they count twice. Name a `key`, or leave files out."
        )
