"""RFM, the segment rules and the segments of data/handmade, reckoned a second time in plain Python.

It goes on from handmade_reckoning.py and knows neither models nor engine. Of strategies, which are words and nothing
to reckon, it knows the files they stand in.
"""

import math
import re
import tomllib
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path
from statistics import median
from types import SimpleNamespace as Row

from handmade_reckoning import CUSTOMERS, ITEMS, LINES, TODAY, USERS, ordered, user_profiles

SQL = Path(__file__).parents[1] / "sql" / "segment"
RULES = {
    "Bargain hunter": "bargain_hunter", "Category devotee": "category_devotee", "Coupon lover": "coupon_lover",
    "Lapsing big spender": "lapsing_big_spender", "Multi-channel customer": "multi_channel",
    "Newly won customer": "new_customer", "One-time buyer": "one_time_buyer", "Weekend shopper": "weekend_shopper",
}
PARTS = ("objective", "offer", "message", "channel", "contact", "timing", "measure")
DEFAULTS = {
    "bargain_min_orders": 3, "bargain_factor": 1.25, "bargain_excess_share": 0.05, "devotee_min_orders": 3,
    "devotee_factor": 2.0, "devotee_excess_share": 0.15, "lapsing_min_orders": 3, "lapsing_gap_factor": 2.0,
    "lapsing_least_days": 14, "lapsing_gap_share": 0.05, "lapsing_m_score": 5, "new_return_share": 0.75, "new_min_days": 30, "new_max_days": 90,
    "once_max_days": 365, "weekend_min_days": 4, "weekend_min_share": 0.6, "weekend_deviations": 2.0, "multi_min_orders": 2,
    "multi_min_share": 0.2, "multi_max_usual_share": 0.5, "coupon_min_orders": 5, "coupon_factor": 2.0, "coupon_deviations": 2.0,
}


def many(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


# --- RFM ---

def fifth(values: dict, user: str) -> int:
    """From 1 to 5: in which fifth the middle of all who are equal to the user lies."""
    lower = sum(value < values[user] for value in values.values())
    equal = sum(value == values[user] for value in values.values())
    return 1 + math.floor(5 * Fraction(2 * lower + equal, 2 * len(values)))


def cell_name(r: int, f: int, m: int, new: bool = False, nothing: bool = False) -> str:
    """What a cell is called, by what the names mean and not by the order in which the rules are tried.

    Args:
        new: the first order was placed lately.
        nothing: all was refunded, or given away.
    """
    if new and r < 4 and f == 1:  # who was won just now is not about to go
        return "Promising"
    if new and r < 4 and not nothing:
        return "Loyal Customers" if r == 3 and f >= 4 and m >= 2 else "Potential Loyalist"
    if nothing and f > 1:  # who keeps nothing is no good customer, now or in time
        return {2: "Hibernating", 1: "Lost"}.get(r, "About To Sleep" if r == 3 and f == 2 else "Need Attention")
    if f == 1 or f == 2 and r < 4 and m < 4:  # one order or two small ones: it goes by how long ago that was
        return {5: "New Customers", 4: "Promising", 3: "About To Sleep", 2: "Hibernating", 1: "Lost"}[r]
    if r <= 2:
        return "Can't Lose Them" if r == 1 and f >= 4 and m >= 4 else "At Risk"
    if r == 3:
        return "Loyal Customers" if f >= 4 and m >= 2 else "Need Attention"
    if f >= 4 and m >= 4:
        return "Champions"
    is_loyal = f == 3 and m >= 3 or f >= 4 and m >= 2
    return "Loyal Customers" if is_loyal else "Potential Loyalist"


RECENCY = {user: (TODAY - ordered(user)[-1][1]).days for user in CUSTOMERS}
MONEY = {user: sum(line.net for line in LINES if line.user == user) for user in CUSTOMERS}  # all within 365 days
def order_days(user: str) -> list:
    return sorted({day for _, day, _ in ordered(user)})


def gaps(user: str) -> list[int]:
    days = order_days(user)
    return [(later - earlier).days for earlier, later in zip(days, days[1:], strict=False)]


def second_orders(settings: dict) -> tuple[int, date]:
    """The days within which a second order is to be expected, and the first day from which on a first order is known for one."""
    first = sorted(gaps(user)[0] for user in CUSTOMERS if gaps(user))
    place = settings["new_return_share"] * (len(first) - 1)
    below = int(place)
    usual = first[below] + (place - below) * (first[min(below + 1, len(first) - 1)] - first[below])
    days = math.ceil(max(settings["new_min_days"], min(settings["new_max_days"], usual)))
    return days, min(line.on for line in LINES if line.order and line.on) + timedelta(days)


def newcomers(settings: dict) -> dict[str, int]:
    """{user whose first order was lately: days within which a second one is to be expected}."""
    days, known_from = second_orders(settings)
    since = max(TODAY - timedelta(days), known_from)
    return {user: days for user in CUSTOMERS if order_days(user)[0] >= since}


def rfm(customer: str, new: bool) -> Row:
    nothing = MONEY[customer] <= 0
    scores = (
        fifth({key: -days for key, days in RECENCY.items()}, customer),
        1 + sum(len(ordered(customer)) >= bound for bound in (2, 3, 5, 10)),
        1 if nothing else fifth(MONEY, customer),
    )
    return Row(**dict(zip("rfm", scores, strict=True)), name=cell_name(*scores, new, nothing), nothing=nothing, new=new)


RFM = {customer: rfm(customer, customer in newcomers(DEFAULTS)) for customer in CUSTOMERS}


def rfm_thresholds():
    frequency = {user: len(ordered(user)) for user in CUSTOMERS}
    for measure, letter, values in (("frequency", "f", frequency), ("monetary_amount", "m", MONEY), ("recency_days", "r", RECENCY)):
        for score in range(1, 6):
            got = [values[user] for user in CUSTOMERS if getattr(RFM[user], letter) == score]
            better = [values[user] for user in CUSTOMERS if getattr(RFM[user], letter) >= score]
            drawn = None if letter == "f" or score == 1 else Decimal((min if letter == "m" else max)(better, default=0))
            if got:
                yield {
                    "scored_measure": measure, "scored_as": score, "scored_count": len(got),
                    "lowest_value": Decimal(min(got)), "highest_value": Decimal(max(got)),
                    "cut_off_value": drawn, "cut_off_from_on": None if drawn is None else TODAY,
                }


# --- lifecycle: nobody comes once a year, and no category has the 20 gaps that it takes ---

FACTORS, SHARES, LEAST = (Fraction(3, 2), Fraction(5, 2), Fraction(4)), (Fraction(3, 4), Fraction(9, 10), Fraction(97, 100)), (7, 14, 28)
STAGES = ("Slowing", "At risk by rhythm", "Lapsed")


def between(values: list[int], share: Fraction) -> Fraction:
    """The value below which a share of the values lies, between two neighbours where it falls there."""
    place = share * (len(values) - 1)
    below = int(place)
    return values[below] + (place - below) * (values[min(below + 1, len(values) - 1)] - values[below])


EARLY = sorted(gap for user in CUSTOMERS for gap in gaps(user)[:2])
OTHERS = [math.ceil(max(between(EARLY, share), least)) for share, least in zip(SHARES, LEAST, strict=True)]


def patience(own: list[int]) -> list[int]:
    """Days of silence up to which one is not yet slowing, at risk, lapsed, after these gaps."""
    if len(own) < 2:
        return OTHERS
    pause = [median(own), max(median(own), max(own) / FACTORS[1]), max(median(own), max(own) / FACTORS[1])]
    return [math.ceil(max(least, factor * days)) for least, factor, days in zip(LEAST, FACTORS, pause, strict=True)]


def lifecycle(user: str) -> Row:
    own, days, silent = gaps(user), order_days(user), RECENCY[user]
    lapses = [place for place, gap in enumerate(own) if gap > patience(own[:place])[2]]
    sound = [gap for place, gap in enumerate(own) if place not in lapses]
    limits = patience(sound)
    reached = sum(silent > limit for limit in limits)
    if user in newcomers(DEFAULTS) and len(days) < 3:
        stage, since = "New", days[0]
    elif reached:
        stage, since = STAGES[reached - 1], days[-1] + timedelta(limits[reached - 1] + 1)
    elif lapses and len(days) - 1 - lapses[-1] < 3:
        stage, since = "Won back", days[lapses[-1] + 1]
    else:
        back = [later for later, gap in zip(days[1:], own, strict=True) if gap > limits[0]]
        stage, since = "Active", max(back, default=days[0])
    usual, basis = (median(sound), "own rhythm") if len(sound) > 1 else (median(EARLY), "all customers")
    words = (
        f"since {since.day} {since:%B %Y}; silent for {silent} day{'s' * (silent != 1)} where {usual:g} {'is' if usual == 1 else 'are'} usual ({basis}); "
        f"at risk after {limits[1]}, lapsed after {limits[2]}")
    return Row(stage=stage, since=since, words=words)


LIFECYCLE = {user: lifecycle(user) for user in CUSTOMERS}


# --- the rules: {user: evidence} ---

def percent(share: float) -> str:
    digits = Decimal("0.1") if 0 < share < 0.0995 else Decimal(1)
    return f"{(100 * Decimal(share)).quantize(digits, ROUND_HALF_UP)} %"


def by_category(value) -> dict[str, dict[str, object]]:
    """{user: {category: sum over the lines of items that are recommended}}."""
    found = defaultdict(lambda: defaultdict(Decimal))
    for line in LINES:
        if line.user and line.item and ITEMS[line.item]["recommended"] == "yes":
            found[line.user][ITEMS[line.item]["category"] or "(none)"] += value(line)
    return found


def lapsing_big_spenders(settings: dict) -> dict[str, str]:
    found = {}
    for user in CUSTOMERS:
        own, silent = gaps(user), RECENCY[user]
        as_long = sum(gap >= silent for gap in own)
        if (RFM[user].m >= settings["lapsing_m_score"] and own and len(own) >= settings["lapsing_min_orders"] - 1
                and silent >= settings["lapsing_gap_factor"] * median(own) and silent >= settings["lapsing_least_days"]
                and as_long <= settings["lapsing_gap_share"] * len(own)):
            found[user] = (
                f"{many(silent, 'day')} since the last order; {median(own):g} is the usual number of days between orders; "
                f"{percent(as_long / len(own))} of the gaps so far were as long; {MONEY[user]:,.2f} net in 365 days")
    return found


def newly_won_customers(settings: dict) -> dict[str, str]:
    found = {}
    for user, days in newcomers(settings).items():
        if MONEY[user] > 0:
            count = len(ordered(user))
            found[user] = (
                f"{order_days(user)[0]} was the day of the first order; {'one order' if count == 1 else f'{count} orders'} so far; "
                f"{MONEY[user]:,.2f} net so far; {many(days, 'day')} from then on a second order is to be expected")
    return found


def bargain_hunters(settings: dict) -> dict[str, str]:
    gross, off = by_category(lambda line: line.gross), by_category(lambda line: line.less)
    found = {}
    for user in CUSTOMERS:
        paid = got = usual = Decimal(0)
        for category, price in gross[user].items():
            others = sum(gross[other][category] for other in gross if other != user)
            if others > 0:
                paid, got = paid + price, got + off[user][category]
                usual += price * sum(off[other][category] for other in gross if other != user) / others
        if len(ordered(user)) >= settings["bargain_min_orders"] and paid:
            share, normal = float(got / paid), float(usual / paid)
            if share >= settings["bargain_factor"] * normal and share >= normal + settings["bargain_excess_share"]:
                found[user] = (
                    f"{percent(share)} was taken off the prices; {percent(normal)} is usual for others in the same "
                    f"categories; {many(len(ordered(user)), 'order')}")
    return found


def category_devotees(settings: dict) -> dict[str, str]:
    net = by_category(lambda line: line.net)
    spent = {user: {category: max(value, Decimal(0)) for category, value in parts.items()} for user, parts in net.items()}
    found = {}
    for user in CUSTOMERS:
        mine, best = sum(spent.get(user, {}).values()), None
        others = sum(sum(parts.values()) for other, parts in spent.items() if other != user)
        for category, value in sorted(spent.get(user, {}).items()):
            carts = {line.order for line in LINES if line.user == user and line.order and ITEMS[line.item]["category"] == category
                     and ITEMS[line.item]["recommended"] == "yes"}
            share = float(value / mine) if mine else 0.0
            usual = float(sum(parts.get(category, 0) for other, parts in spent.items() if other != user) / others)
            if (category != "(none)" and len(carts) >= settings["devotee_min_orders"] and share >= settings["devotee_factor"] * usual
                    and share >= usual + settings["devotee_excess_share"] and (not best or share - usual > best[0] + 5e-10)):
                best = (share - usual, f"{category} above all; {percent(share)} of the spending goes there; "
                        f"{percent(usual)} is usual with others; {many(len(carts), 'order')} with it")
        if best:
            found[user] = best[1]
    return found


def one_time_buyers(settings: dict) -> dict[str, str]:
    days, known_from = second_orders(settings)
    first, found = [gaps(user)[0] for user in CUSTOMERS if gaps(user)], {}
    for user in CUSTOMERS:
        silent = RECENCY[user]
        if (len(order_days(user)) == 1 and MONEY[user] > 0 and days < silent <= settings["once_max_days"]
                and order_days(user)[0] >= known_from):
            share = percent(sum(gap <= silent for gap in first) / len(first))
            found[user] = (
                f"{many(silent, 'day')} since the only order; {many(days, 'day')} is how long a second one is waited for; "
                f"{share} of those who came back had done so by then; {MONEY[user]:,.2f} net on that order")
    return found


def is_chance(share: float, usual: float, count: int, deviations: float) -> bool:
    return share - usual < deviations * math.sqrt(usual * (1 - usual) / count)


def weekend_shoppers(settings: dict) -> dict[str, str]:
    visits = {user: [day.weekday() >= 5 for day in order_days(user)] for user in CUSTOMERS}
    found = {}
    for user, mine in visits.items():
        others = [visit for other in CUSTOMERS if other != user for visit in visits[other]]
        share, usual = sum(mine) / len(mine), sum(others) / len(others)
        if (len(mine) >= settings["weekend_min_days"] and share >= settings["weekend_min_share"] and share > usual
                and not is_chance(share, usual, len(mine), settings["weekend_deviations"])):
            found[user] = (f"{percent(share)} of the days with orders were on a weekend; {percent(usual)} is usual with "
                           f"others; {many(len(mine), 'day')} with orders")
    return found


def multi_channel_customers(settings: dict) -> dict[str, str]:
    least, ways = settings["multi_min_orders"], {}
    for user in CUSTOMERS:
        counts = Counter(dict(orders_and("source", user)).values())
        if sum(counts.values()) >= 2 * least:
            ways[user] = sorted(counts.items(), key=lambda way: (-way[1], way[0]))
    both = {user for user, way in ways.items() if len(way) > 1 and way[1][1] >= least
            and way[1][1] >= settings["multi_min_share"] * sum(count for _, count in way)}
    found = {}
    for user in both:
        usual = (len(both) - 1) / (len(ways) - 1) if len(ways) > 1 else None
        if (usual or 0) <= settings["multi_max_usual_share"]:
            total, (one, other) = sum(count for _, count in ways[user]), ways[user][:2]
            found[user] = f"{one[0]} and {other[0]} in use; {percent(other[1] / total)} of the orders through the second one; {many(total, 'order')}"
            if usual is not None:
                found[user] += f"; {percent(usual)} of the others who order often enough do so too"
    return found


def coupon_lovers(settings: dict) -> dict[str, str]:
    """In the handmade web shop every discount on a line is one for a coupon."""
    used = {user: {order for order, off in orders_and("discount", user) if order in WEB_ORDERS and off} for user in CUSTOMERS}
    found = {}
    for user, mine in used.items():
        count = len(ordered(user))
        share = len(mine) / count
        usual = sum(len(used[other]) for other in CUSTOMERS if other != user) / sum(len(ordered(other)) for other in CUSTOMERS if other != user)
        if (mine and count >= settings["coupon_min_orders"] and share >= settings["coupon_factor"] * usual
                and not is_chance(share, usual, count, settings["coupon_deviations"])):
            found[user] = f"{percent(share)} of the orders with a coupon; {percent(usual)} is usual with others; {many(count, 'order')}"
    return found


def orders_and(what: str, user: str) -> list[tuple]:
    """(order, what its line says) for each line of a user's orders."""
    return [(line.order, getattr(line, what)) for line in LINES if line.user == user and line.order]


WEB_ORDERS = {line.order for line in LINES if line.source == "web"}


def fulfilled(**settings) -> dict[str, dict[str, str]]:
    """{rule: {user: evidence}} with these settings in place of the usual ones."""
    settings = DEFAULTS | settings
    return {
        "Bargain hunter": bargain_hunters(settings), "Category devotee": category_devotees(settings),
        "Coupon lover": coupon_lovers(settings), "Lapsing big spender": lapsing_big_spenders(settings),
        "Multi-channel customer": multi_channel_customers(settings), "Newly won customer": newly_won_customers(settings),
        "One-time buyer": one_time_buyers(settings), "Weekend shopper": weekend_shoppers(settings),
    }


# --- who is where, and what the segments are worth ---

def user_segments():
    found = []
    for user, score in RFM.items():
        days, count = RECENCY[user], len(ordered(user))
        found.append((user, "rfm", score.name, (
            f"last order {days} day{'s' * (days != 1)} ago, {count} order{'s' * (count != 1)} and {MONEY[user]:,.2f} net "
            f"in 365 days{', nothing earned' * score.nothing}{', new customer' * score.new} (R{score.r} F{score.f} M{score.m})")))
    found += [(user, "lifecycle", life.stage, life.words) for user, life in LIFECYCLE.items()]
    found += [(user, "rules", rule, words) for rule, users in fulfilled().items() for user, words in users.items()]
    for row in sorted(found):
        yield dict(zip(("user_id", "segmentation", "segment", "evidence"), row, strict=True))


def strategies() -> dict[str, dict[str, str]]:
    """{segment: its texts}, in the order in which segments are published."""
    told = tomllib.loads((SQL / "strategies.toml").read_text(encoding="utf-8"))
    stages = {"New", "Active", "Won back", "Seasonal", *STAGES}
    found = {("lifecycle" if name in stages else "rfm", name): told[name] for name in told}
    for rule, file in RULES.items():
        header = (SQL / f"{file}.sql").read_text(encoding="utf-8").split("*/")[0]
        found["rules", rule] = {
            part: " ".join(re.search(rf"^{part}: (.*(?:\n +.*)*)", header, re.M)[1].split())
            for part in PARTS
        }
    return dict(sorted(found.items()))


BEGIN, END = (best(line.on for line in LINES if line.order and line.on) for best in (min, max))


def periods(users: list[str]) -> dict:
    """What they spent in the last 28 days and in the 28 before; a year before there were no orders."""
    spent = [
        sum((line.net for line in LINES if line.user in users and first < (TODAY - line.on).days + 1 <= last), Decimal(0))
        for first, last in ((0, 28), (28, 56))]
    names = ("period_net_amount", "previous_period_net_amount", "year_before_net_amount")
    return dict(zip(names, [*spent, None] if users else [None] * 3, strict=True))


def likeliest(signs: list) -> tuple:
    """What most of them are, the first of equally many, and the share of those who are it."""
    best = min(set(signs), key=lambda sign: (-signs.count(sign), sign), default=None)
    return (best, signs.count(best) / len(signs)) if signs else (None, None)


def outlook(users: list[str]) -> dict:
    """What the users of a segment will bring, how they can be reached, and when they order: nobody here has consented."""
    profiles = [row for row in user_profiles() if row["user_id"] in users]
    weekday, weekday_share = likeliest([row["preferred_weekday"] for row in profiles])
    hour, hour_share = likeliest([row["preferred_hour"] for row in profiles if row["preferred_hour"] is not None])
    return {
        "next_365_days_total_amount": sum((MONEY[user] for user in users), Decimal(0)), "reachable_count": 0,
        "reachable_share": 0.0 if users else None, "contacted_count": 0, "usual_weekday": weekday,
        "usual_weekday_share": weekday_share, "usual_hour": hour, "usual_hour_share": hour_share,
    }


def segments():
    inside = defaultdict(list)
    for row in user_segments():
        inside[row["segmentation"], row["segment"]].append(row["user_id"])
    spent = {key: sum((MONEY[user] for user in inside[key]), Decimal(0)) for key in strategies()}
    found = sorted(strategies().items(), key=lambda row: (-spent[row[0]], row[0][1]))
    for (segmentation, name), strategy in sorted(found, key=lambda row: row[0][0], reverse=True):
        users, net = inside[segmentation, name], spent[segmentation, name]
        yield {
            "segmentation": segmentation, "segment": name, "user_count": len(users),
            "user_share": len(users) / len(USERS), "net_amount": net, "net_amount_ratio": float(net / sum(MONEY.values())),
            "strategy_objective": strategy["objective"], "order_count": sum(len(ordered(user)) for user in users),
            "previous_user_count": None, "year_before_user_count": None,  # history has only begun
            **periods(users),
            **outlook(users), **{f"strategy_{part}": strategy[part] for part in PARTS if part != "objective"},
            "basis_verdict": "weak", "basis_reason": (
                f"customers with an order: {len(CUSTOMERS)} of 500 needed; days of history: {(END - BEGIN).days} of 180 needed; "
                f"orders shortly before the run: 0 of 1 needed; no clusters: {len(CUSTOMERS)} of 100 customers needed"),
        }


# --- over time: there has been one refresh, so everybody is where she is since the last day of the data ---

def segment_history():
    for row in user_segments():
        yield {**{key: row[key] for key in ("user_id", "segmentation", "segment")}, "previous_segment": None, "cause": "first known",
               "valid_from": TODAY, "valid_to": None, "is_current": True}


def segment_transitions():
    counts = Counter((row["segmentation"], row["segment"]) for row in user_segments())
    for (segmentation, name), count in sorted(counts.items()):
        yield {"known_on": TODAY, "since_on": None, "segmentation": segmentation, "from_segment": "(none)", "to_segment": name,
               "cause": "first known", "transition_count": count}
