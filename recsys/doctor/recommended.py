"""What can be recommended from the present inputs, and whether it can be said how somebody would rate it."""

from collections.abc import Iterator

from recsys.doctor.finding import Facts, Finding
from recsys.words import counted, number, percent

#: from how many users with two items on recommendations are more than anecdotes
FEW_USERS = 50
EVENTS = {
    "purchase": ("purchases", "line_amount, quantity or order_id under [interactions.columns]"),
    "rating": ("ratings", "a source with rating under [interactions.columns]"),
    "view_item": ("views", 'a source with event_type = "view_item"'),
}


def recommendations(facts: Facts) -> Iterator[Finding]:
    evidence = {row["evidence_type"]: row for row in facts.rows("from profile.event_evidence order by evidence_type")}
    others = {name: (name, "") for name in evidence if name not in EVENTS and name != "all"}
    for name, (words, missing) in {**EVENTS, **others}.items():
        topic = f"recommendations from {words}"
        if name not in evidence:
            yield Finding(topic, "no", "none", missing)
            continue
        row = evidence[name]
        linking, linked = row["linking_count"], row["linked_count"]
        there = (
            f"{number(row['evidence_count'])} by {counted(row['acting_count'], 'user')} on "
            f"{counted(row['touched_count'], 'item')}; {counted(linking, 'user')} with 2+ items, "
            f"{counted(linked, 'item')} with 2+ users"
        )
        if not linking or not linked:
            yield Finding(topic, "no", there, "users with several items, items with several users: more history")
        elif linking < FEW_USERS or linking < 0.1 * row["acting_count"]:
            yield Finding(topic, "partly", there, "few users link items; the others get bestsellers: more history")
        else:
            yield Finding(topic, "ok", there)


def expected_ratings(facts: Facts) -> Iterator[Finding]:
    """Of what is recommended: how somebody would probably rate it."""
    total, users = facts.rows("select count(*) as n, count(distinct user_no) as users from profile.ratings")[0].values()
    ridge = facts.params["profile.baseline_user_ridge"]  # from so many on, her own ratings count for more than what is usual
    own = facts.value(f"select count(*) from (select user_no from profile.ratings group by user_no having count(*) >= {ridge})")
    there = f"{counted(total, 'rating')} by {counted(users, 'user')}, {percent(own, users)} of them with {ridge:g} or more" if total else "none"
    few = "" if own >= 0.5 * users else "few ratings a user: little but the items' means is expected"
    yield Finding("expected ratings", "no" if not total else "partly" if few else "ok", there,
                  few if total else facts.to_add("interactions", "rating") or "ratings")
