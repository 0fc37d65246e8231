"""Feature by feature: what the present inputs make possible, and which column would make more possible."""

from collections.abc import Iterator

from recsys.doctor.contact import contact
from recsys.doctor.finding import Facts, Finding
from recsys.doctor.recommended import expected_ratings, recommendations
from recsys.doctor.value import value
from recsys.words import counted, number, percent

#: days of orders below which recency and rhythm say little
SHORT_HISTORY_DAYS = 180


def features(facts: Facts) -> Iterator[Finding]:
    for examine in (recommendations, expected_ratings, _alike, _described, _content, _availability, _orders, value, _refunds, _discounts,
                    _comparisons, _coupons, _margins, _users, _channels, contact):
        yield from examine(facts)


def _alike(facts: Facts) -> Iterator[Finding]:
    rows = facts.rows("from profile.event_evidence where evidence_type = 'all'")
    for what, all_of, can in (("item", "touched_count", "linked_count"), ("user", "acting_count", "linking_count")):
        total, usable = (rows[0][all_of], rows[0][can]) if rows else (0, 0)
        shares = "two users" if what == "item" else "two items"
        state = "no" if not usable else "partly" if usable < 0.2 * total else "ok"
        yield Finding(f"similar {what}s", state, f"{percent(usable, total)} of {counted(total, what)} have {shares} or more",
                      "" if state == "ok" else "only those can be compared: more history")


def _described(facts: Facts) -> Iterator[Finding]:
    total, described, named = _known(facts, "items")
    there = f"{percent(named, total)} of {counted(total, 'item')} with events have a name"
    if facts.config.of("items") and described < 0.9 * total:
        yield Finding("items known", "partly" if described else "no",
                      f"{percent(described, total)} of {counted(total, 'item')} with events are in the items source",
                      "do the item ids have the same form in both (leading zeros, variants)?")
    yield Finding("reasons in words", "ok" if named >= 0.9 * total else "partly" if named else "no", there,
                  "" if named >= 0.9 * total else facts.to_add("items", "name") or "items without a row or a name: ids instead")


def _known(facts: Facts, kind: str) -> tuple[int, int, int]:
    """Return how many users or items have events, how many of them are described and named."""
    found = facts.con.sql(f"select occurring_count, described_count, named_count from staging.described where input = '{kind}'")
    return (found.fetchall() or [(0, 0, 0)])[0]


def _content(facts: Facts) -> Iterator[Finding]:
    columns = ("category", "subcategory", "brand", "tags", "text")
    shares = {name: facts.filled("items", name) for name in columns if facts.is_mapped("items", name)}
    there = ", ".join(f"{name} {percent(share)}" for name, share in shares.items()) + (" filled" if shares else "")
    good = [name for name, share in shares.items() if share >= 0.5]
    yield Finding("content of items, new items", "ok" if len(good) > 1 else "partly" if good else "no",
                  there or "nothing but ids", facts.to_add("items", *columns))


def _availability(facts: Facts) -> Iterator[Finding]:
    columns = ("is_recommendable", "stock_count", "available_from", "available_to")
    known = [name for name in columns if facts.is_mapped("items", name) and facts.filled("items", name) > 0]
    total, away = facts.rows("select count(*) as n, count(*) filter (where not is_available) as away from profile.items")[0].values()
    there = f"{number(away)} of {counted(total, 'item')} are not recommended now" if known else "every item is recommended"
    yield Finding("availability and stock", "ok" if len(known) > 1 else "partly" if known else "no", there,
                  facts.to_add("items", *columns))


def _orders(facts: Facts) -> Iterator[Finding]:
    row = facts.rows("from profile.order_evidence")[0]
    total, buyers, regular = row["order_total"], row["buyer_count"], row["regular_count"]
    if not total:
        yield Finding("RFM segments", "no", "no purchases", "occurred_at and line_amount under [interactions.columns]")
        yield Finding("segments by own rhythm", "no", "no purchases", "the same")
        yield Finding("clusters", "no", "no purchases", "the same")
        return
    days = row["history_days"] or 0
    most = facts.params["segment.rfm_frequency_from"][-1]
    often = facts.value(f"select count(*) from profile.user_activity where order_count >= {most}")
    there = f"{counted(total, 'order')} of {counted(buyers, 'customer')} over {counted(days, 'day')}; {percent(regular, buyers)} ordered 3+ times"
    missing = [text for is_missing, text in (
        (row["dated_count"] < total, facts.to_add("interactions", "occurred_at") or f"{number(total - row['dated_count'])} orders have no date"),
        (row["paid_count"] < 0.9 * total, ("" if facts.is_mapped("interactions", "unit_price") else facts.to_add("interactions", "line_amount"))
         or f"{percent(total - row['paid_count'], total)} of orders have no amount"),
        (row["guest_count"] > 0.3 * total, f"{percent(row['guest_count'], total)} of orders are of guests: user_id"),
        (row["dated_count"] and days < SHORT_HISTORY_DAYS, "a longer history: half a year at least"),
        (regular < 0.2 * buyers, "few come back: frequency tells little"),
        (often > 0.5 * buyers, f"{percent(often, buyers)} ordered {most}+ times, the highest frequency score: set segment.rfm_frequency_from"),
    ) if is_missing]
    possible = row["dated_count"] and buyers
    yield Finding("RFM segments", "partly" if possible and missing else "ok" if possible else "no", there, "; ".join(missing))
    least = facts.params["segment.lapsing_min_orders"]
    steady = facts.value(f"select count(*) from profile.user_activity where order_count >= {least} and active_span_days > 0")
    yield Finding("segments by own rhythm", "no" if not steady else "ok" if steady >= 0.2 * buyers else "partly",
                  f"{counted(steady, 'customer')} with {least} orders or more", "" if steady >= 0.2 * buyers else "a longer history")
    few = facts.params["cluster.min_customers"]
    yield Finding("clusters", "ok" if buyers >= few else "no", counted(buyers, "customer"),
                  "" if buyers >= few else f"{few} customers, or cluster.min_customers lower")
    ids = facts.to_add("interactions", "order_id")
    yield Finding("baskets", "partly" if ids else "ok", "an order is all of a user's day" if ids else "orders by their id", ids)


def _refunds(facts: Facts) -> Iterator[Finding]:
    found = dict(facts.con.sql("select matched_by, count(*) from staging.refunds group by matched_by order by matched_by").fetchall())
    total, lost = sum(found.values()), found.get("unmatched", 0)
    if total:
        yield Finding("refunds", "partly" if lost else "ok", f"{counted(total, 'refund')}, {number(total - lost)} matched to a purchase",
                      facts.to_add("interactions", "original_order_id") or "refunds of purchases before the data begin" if lost else "")
    else:
        yield Finding("refunds", "no", "none in the data", 'if there are any: negative amounts, or event_type = "refund"')


def _discounts(facts: Facts) -> Iterator[Finding]:
    line, order = facts.is_mapped("interactions", "discount_amount"), facts.is_mapped("orders", "order_discount_amount")
    there = [name for name, is_there in (("of lines", line), ("of orders", order)) if is_there]
    yield Finding("discounts", "ok" if line and order else "partly" if there else "no", " and ".join(there) or "none",
                  "; ".join(filter(None, (facts.to_add("interactions", "discount_amount"), facts.to_add("orders", "order_discount_amount")))))


def _comparisons(facts: Facts) -> Iterator[Finding]:
    """The rules that compare a user with others in the same categories."""
    has_category = facts.is_mapped("items", "category") and facts.filled("items", "category") > 0
    no_category = "" if has_category else facts.to_add("items", "category") or "categories that are filled"
    yield Finding("category devotees", "ok" if has_category else "no",
                  f"{percent(facts.filled('items', 'category'))} of items have a category", no_category)
    off = facts.value("select count(*) from staging.order_lines where discount_amount > 0")
    yield Finding("bargain hunters", "no" if not off else "ok" if has_category else "partly", f"{counted(off, 'line')} with a discount",
                  "; ".join(filter(None, (no_category, "" if off else facts.to_add("interactions", "discount_amount") or "discounts"))))


def _coupons(facts: Facts) -> Iterator[Finding]:
    used = facts.value("select count(*) from staging.interactions where coupon_code is not null")
    yield Finding("coupon lovers", "ok" if used else "no", f"{counted(used, 'line')} with a coupon",
                  "" if used else facts.to_add("interactions", "coupon_code") or "lines or orders with a coupon")


def _margins(facts: Facts) -> Iterator[Finding]:
    missing = facts.to_add("items", "list_price", "unit_cost")
    shares = [f"{name} {percent(facts.filled('items', name))}" for name in ("list_price", "unit_cost") if facts.is_mapped("items", name)]
    yield Finding("prices and margins", "partly" if shares and missing else "no" if missing else "ok",
                  ", ".join(shares) + " filled" if shares else "unknown", missing)


def _users(facts: Facts) -> Iterator[Finding]:
    names = list(dict.fromkeys(name for source in facts.config.of("users") for name in source.attributes))
    total, known, _ = _known(facts, "users")
    if not names:
        yield Finding("user attributes", "no", "users are known by id", facts.to_add("users", "user_id") + " and what you know of them"
                      if not facts.config.of("users") else "any further key under [users.columns]")
        return
    missing = "" if known >= 0.9 * total else "do the user ids have the same form in both sources?"
    yield Finding("user attributes", "ok" if not missing else "partly" if known else "no",
                  f"{', '.join(names)}: {percent(known, total)} of {counted(total, 'active user')} described", missing)


def _channels(facts: Facts) -> Iterator[Finding]:
    names = [name for (name,) in facts.con.sql("select distinct channel from staging.interactions where channel is not null order by 1").fetchall()]
    yield Finding("channels", "ok" if len(names) > 1 else "partly" if names else "no", ", ".join(names[:8]) or "not told",
                  "" if len(names) > 1 else facts.to_add("interactions", "channel") or "one channel; further sources with their own")
    types = facts.value("select count(distinct coalesce(id_type, '')) from raw.interactions where user_id is not null")
    linked = facts.value("select count(*) from staging.identities where alias_id <> user_id")
    if types > 1 or linked:
        yield Finding("one person over systems", "ok" if linked else "no",
                      f"{counted(types, 'kind')} of user ids, {counted(linked, 'id')} linked to another",
                      "" if linked else facts.to_add("identities", "id_type", "id_value", "user_id"))
