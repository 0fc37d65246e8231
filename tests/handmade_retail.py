"""Retail tables and tastes of data/handmade, reckoned once more in plain Python; see handmade_reckoning.py."""

import math
from collections import Counter, defaultdict
from datetime import date
from itertools import permutations

from handmade_reckoning import BASKETS, CUSTOMERS, ITEMS, LINES, NONE, TODAY, USERS, ordered

BOUGHT = ("quantity", "gross_amount", "discount_amount", "return_amount", "net_amount")


def amounts(lines: list) -> dict:
    found = dict.fromkeys(BOUGHT, NONE)
    for line in lines:
        for name, value in zip(BOUGHT, (line.quantity, line.gross, line.less, line.back, line.net), strict=True):
            found[name] += value
    return found


def deals():
    """Day, channel, user, id and lines of each order, and of each refund that found none: then no id."""
    for order, lines in BASKETS.items():
        yield lines[0].on, lines[0].source, lines[0].user, order, lines
    for line in LINES:
        if not line.order:
            yield line.on, line.source, line.user, None, [line]


def daily_sales():
    days = defaultdict(list)
    for on, channel, user, order, lines in deals():
        days[on, channel].append((user, order, lines))
    for (on, channel), found in sorted(days.items()):
        guests = [deal for deal in found if not deal[0]]
        firsts = [order for user, order, _ in found if user and order and ordered(user)[0][2] == order]
        yield {
            "sold_on": on, "channel": channel, "order_count": sum(bool(order) for _, order, _ in found),
            "customer_count": len({user for user, order, _ in found if user and order}), "new_customer_count": len(firsts),
            "guest_order_count": sum(bool(order) for _, order, _ in guests),
            **amounts([line for _, _, lines in found for line in lines]),
            "guest_net_amount": sum((line.net for _, _, lines in guests for line in lines), NONE),
        }


def months() -> dict:
    """Orders and lines of each user and month."""
    found = defaultdict(lambda: ([], []))
    for on, _, user, order, lines in deals():
        if user:
            orders, all_lines = found[user, on.replace(day=1)]
            orders += [order] if order else []
            all_lines += lines
    return found


def customer_months():
    for (user, month), (orders, lines) in sorted(months().items()):
        yield {"user_id": user, "month_on": month, "order_count": len(orders), **amounts(lines)}


def plus(month: date, count: int) -> date:
    return date(month.year + (month.month - 1 + count) // 12, (month.month - 1 + count) % 12 + 1, 1)


def cohort_retention():
    won = {user: ordered(user)[0][1].replace(day=1) for user in CUSTOMERS}
    for cohort in sorted(set(won.values())):
        users, since = [user for user in CUSTOMERS if won[user] == cohort], 0
        while plus(cohort, since) <= TODAY:
            here = [found for (user, month), found in months().items() if user in users and month == plus(cohort, since)]
            active = sum(bool(orders) for orders, _ in here)
            yield {
                "cohort_month_on": cohort, "months_since_first": since, "customer_count": len(users),
                "active_count": active, "retention_share": active / len(users),
                "order_count": sum(len(orders) for orders, _ in here),
                "net_amount": sum((line.net for _, lines in here for line in lines), NONE),
                "is_month_over": (plus(cohort, since + 1) - TODAY).days <= 1,
            }
            since += 1


def item_pairs():
    baskets = {order: ({line.item for line in lines}, lines[0].user or order) for order, lines in BASKETS.items()}
    alone, together, buyers = Counter(), Counter(), defaultdict(set)
    for items, buyer in baskets.values():
        kept = sorted(item for item in items if ITEMS[item]["recommended"] == "yes")
        alone.update(kept)
        for pair in permutations(kept, 2):
            together[pair] += 1
            buyers[pair].add(buyer)
    for (item, other), count in sorted(together.items()):
        yield {
            "item_id": item, "item_name": ITEMS[item]["name"], "category": ITEMS[item]["category"], "other_item_id": other,
            "other_item_name": ITEMS[other]["name"], "other_category": ITEMS[other]["category"], "basket_count": count,
            "pair_buyer_count": len(buyers[item, other]), "support": count / len(baskets),
            "confidence": count / alone[item], "lift": count * len(baskets) / (alone[item] * alone[other]),
        }


def parts(item: str):
    """Kind, value and part of its kind of each feature of an item; the length of one kind is 1."""
    row = ITEMS[item]
    tags = [tag.strip() for tag in row["tags"].split(",") if tag.strip()]
    for kind, values in (("brand", [row["brand"]]), ("category", [row["category"]]), ("tag", tags)):
        for value in filter(None, values):
            yield kind, value, round(4096 / math.sqrt(len(values))) / 4096


def user_tastes(strengths: dict):
    """Of the strengths {user: {item: strength}}: what takes a larger part of a user's interest than of everybody's."""
    interest, items = defaultdict(float), Counter()
    for user in USERS:
        for item, strength in strengths[user].items():
            if ITEMS[item]["recommended"] == "yes":
                for kind, value, part in parts(item):
                    interest[user, kind, value] += strength * part
                    items[user, kind, value] += 1
    own, all_of, everybody = defaultdict(float), defaultdict(float), defaultdict(float)
    for (user, kind, value), strength in interest.items():
        own[user, kind] += strength
        all_of[kind, value] += strength
        everybody[kind] += strength
    for user in USERS:
        for kind in ("brand", "category", "tag"):
            found = []
            for (who, what, value), strength in interest.items():
                if (who, what) == (user, kind):
                    share, usual = strength / own[user, kind], all_of[kind, value] / everybody[kind]
                    weight = round(share * math.log(share / usual), 9)
                    found += [(-weight, value, share, usual)] if weight > 0 else []
            ranked = {value: (rank, -weight, share, usual) for rank, (weight, value, share, usual) in enumerate(sorted(found), 1)}
            for value, (rank, weight, share, usual) in sorted(ranked.items()):
                yield {
                    "user_id": user, "feature": kind, "value": value, "rank": rank, "interest_weight": weight,
                    "taste_share": share, "usual_share": usual, "taste_item_count": items[user, kind, value],
                }
