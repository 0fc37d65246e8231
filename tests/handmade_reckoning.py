"""Events, orders and people of data/handmade, reckoned a second time in plain Python from its files.

Nothing here knows the models or the engine: what is written below are the rules, once more. test_handmade.py
goes on from here and compares with the golden tables.
"""

import csv
import math
from collections import defaultdict
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from types import SimpleNamespace as Row
from zoneinfo import ZoneInfo

DATA = Path(__file__).parents[1] / "data" / "handmade"
BERLIN = ZoneInfo("Europe/Berlin")
RATES = {"EUR": Decimal(1), "USD": Decimal("0.5"), "": Decimal(1)}
TYPES = {"view": "view_item", "cart": "add_to_cart"}
RFM_NAMES = {  # down: recency; across: the mean of frequency and money, from 1 to 5
    5: "New Customers|Potential Loyalist|Loyal Customers|Champions|Champions",
    4: "Promising|Potential Loyalist|Loyal Customers|Champions|Champions",
    3: "About To Sleep|About To Sleep|Need Attention|Loyal Customers|Loyal Customers",
    2: "Hibernating|Hibernating|At Risk|At Risk|At Risk",
    1: "Lost|Lost|At Risk|Can't Lose Them|Can't Lose Them",
}
NONE = Decimal(0)


def read(name: str, encoding: str = "utf-8-sig", delimiter: str = ",") -> list[dict]:
    with (DATA / name).open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


# --- events: what each row says and what becomes of it ---

def event(source, number, user, item, kind, local, fate="used", **more) -> Row:
    at = local and local.astimezone(UTC).replace(tzinfo=None)
    more = {"order": None, "original": None, "quantity": Decimal(1), "gross": NONE, "discount": NONE, "shop": None,
            "rating": None, "trouble": None, "at": at, "on": local and local.astimezone(BERLIN).date()} | more
    if more["quantity"] < 0 or more["gross"] < 0:
        kind = "refund"
    if kind == "refund":
        more |= {"quantity": -abs(more["quantity"]), "gross": -abs(more["gross"])}
    if fate == "used" and not user:
        fate = "unidentified"
    return Row(source=source, row=number, user=user or None, item=item or None, kind=kind, fate=fate, **more)


def store_event(number: int, row: dict) -> Row:
    more, trouble, local = {}, None, None
    try:
        more["gross"] = Decimal(row["Betrag"].replace(",", "."))
    except ArithmeticError:
        trouble = ("Betrag", row["Betrag"], "not a number")
    if row["Datum"]:
        local = datetime.strptime(row["Datum"], "%d.%m.%Y %H:%M").replace(tzinfo=BERLIN)
    else:
        trouble = ("Datum", None, "missing")
    return event(
        "store", number, row["Karte"], row["Artikel"], "purchase", local, "rejected" if trouble else "used",
        order=row["Bon"] or (local and f"{row['Karte']} on {local.date()}"), original=row["zu Bon"] or None,
        shop=row["Filiale"], quantity=Decimal(row["Menge"]), discount=Decimal(row["Rabatt"].replace(",", ".")),
        trouble=trouble, **more)


def web_event(number: int, row: dict, newest: dict, cards: dict) -> Row:
    client, rate = row["client_id"], RATES[row["currency"]]
    return event(
        "web", number, cards.get(client, f"client:{client}"), row["sku"], TYPES.get(row["event"], row["event"]),
        datetime.fromisoformat(row["ts"]), "used" if row["exported_at"] == newest[row["event_id"]] else "superseded",
        order=row["order_no"] or None, original=row["order_no"] if row["event"] == "refund" else None,
        quantity=Decimal(row["qty"] or 1), discount=Decimal(row["discount"] or 0) * rate,
        gross=Decimal(row["qty"] or 0) * Decimal(row["unit_price"] or 0) * rate)


def rating_event(number: int, row: dict) -> Row:
    midnight = datetime.fromisoformat(row["rated_on"]).replace(tzinfo=BERLIN)
    return event("ratings", number, row["card_no"], row["sku"], "rating", midnight, rating=float(row["stars"]))


ITEMS = {row["sku"]: row for row in read("items.csv")}
CARDS = {row["card_no"]: row for row in read("users.csv")}
STORE, WEB, RATINGS = read("store_sales.csv", "latin-1", ";"), read("web_events.csv"), read("ratings.csv")
NEWEST = {key: max(row["exported_at"] for row in WEB if row["event_id"] == key) for key in {row["event_id"] for row in WEB}}
JOINED = {row["client_id"]: row["card_no"] for row in read("identities.csv")}
ROWS = [store_event(number, row) for number, row in enumerate(STORE, 1)]
ROWS += [web_event(number, row, NEWEST, JOINED) for number, row in enumerate(WEB, 1)]
ROWS += [rating_event(number, row) for number, row in enumerate(RATINGS, 1)]
EVENTS = [row for row in ROWS if row.fate in ("used", "unidentified")]
ACTS = [row for row in EVENTS if row.kind != "refund" and row.user]
USERS = sorted({*CARDS, *(row.user for row in EVENTS if row.user)})
TODAY = max(row.on for row in EVENTS)

# --- lines and orders: discounts on orders spread over the lines, refunds matched to them ---

LINES = [Row(**vars(row), back=NONE, pieces_back=NONE, off=NONE) for row in EVENTS if row.kind == "purchase"]
BASKETS = defaultdict(list)
for line in LINES:
    BASKETS[line.order].append(line)
    line.number = len(BASKETS[line.order])
for header in read("orders.csv"):
    value = [line.gross - line.discount for line in BASKETS[header["order_no"]]]
    given = NONE
    for place, line in enumerate(BASKETS[header["order_no"]], 1):
        share = Decimal(header["discount"]) * sum(value[:place]) / sum(value)
        line.off = share.quantize(Decimal("0.01"), ROUND_HALF_UP) - given
        given += line.off
for refund in (row for row in EVENTS if row.kind == "refund"):
    named = BASKETS.get(refund.original, [])
    earlier = [line for line in LINES if (line.user, line.item) == (refund.user, refund.item) and line.at <= refund.at]
    found = [line for line in named if line.item == refund.item] or named or sorted(earlier, key=lambda line: line.at)
    if not found:  # a line of its own, without an order
        blank = {"order": None, "number": None, "quantity": NONE, "gross": NONE, "discount": NONE, "off": NONE}
        LINES.append(found := Row(**vars(refund) | blank, back=NONE, pieces_back=NONE))
    else:
        found = found[-1]
    found.back -= refund.gross
    # money back on a whole order brings no piece back
    found.pieces_back -= refund.quantity if refund.item else 0
for line in LINES:
    line.less = line.discount + line.off
    line.net = line.gross - line.less - line.back
LINES.sort(key=lambda line: (line.source, line.row))


def sums(lines: list[Row]) -> dict:
    return {"quantity": sum(line.quantity for line in lines), "gross_amount": sum(line.gross for line in lines),
            "discount_amount": sum(line.less for line in lines), "tax_amount": None,
            "return_amount": sum(line.back for line in lines), "net_amount": sum(line.net for line in lines)}


def ordered(user: str) -> list[tuple]:
    """Day and id of each order of a user, the first one first."""
    return sorted({(line.at, line.on, order) for order, lines in BASKETS.items() for line in lines[:1] if line.user == user})


CUSTOMERS = [user for user in USERS if ordered(user)]


def order_lines():
    for line in LINES:
        yield {
            "order_id": line.order, "order_line_no": line.number, "user_id": line.user, "item_id": line.item,
            "item_name": ITEMS[line.item]["name"], "ordered_at": line.at, "ordered_on": line.on,
            "quantity": line.quantity, "gross_amount": line.gross, "discount_amount": line.less, "tax_amount": None,
            "return_quantity": line.pieces_back, "return_amount": line.back, "net_amount": line.net,
            "channel": line.source, "shop_id": line.shop, "source": line.source, "source_row": line.row,
        }


def orders():
    for order, lines in sorted(BASKETS.items()):
        first = lines[0]
        yield dict(
            order_id=order, user_id=first.user, ordered_at=first.at, ordered_on=first.on, line_count=len(lines),
            **sums(lines), is_first_order=bool(first.user) and ordered(first.user)[0][2] == order,
            channel=first.source, shop_id=first.shop)


# --- users, RFM and segments ---

def behind(values: dict, user: str) -> int:
    """From 1 to 5: how many fifths of all customers are strictly lower."""
    return 1 + 5 * sum(value < values[user] for value in values.values()) // len(values)


RECENCY = {user: (TODAY - ordered(user)[-1][1]).days for user in CUSTOMERS}
MONEY = {user: sum(line.net for line in LINES if line.user == user) for user in CUSTOMERS}  # all within 365 days
RFM = {}
for user in CUSTOMERS:
    r, m = behind({key: -days for key, days in RECENCY.items()}, user), behind(MONEY, user)
    f = 1 + sum(len(ordered(user)) >= bound for bound in (2, 3, 5, 10))
    RFM[user] = Row(r=r, f=f, m=m, name=RFM_NAMES[r].split("|")[math.ceil((f + m) / 2) - 1])


def user_profiles():
    for user in USERS:
        card, acts, days = CARDS.get(user, {}), [row for row in ACTS if row.user == user], [day for _, day, _ in ordered(user)]
        money = sums([line for line in LINES if line.user == user])
        score = RFM.get(user, Row(r=None, f=None, m=None, name=None))
        yield dict(
            user_id=user, household_id=None, is_excluded=False, first_seen_at=None, acquisition_channel=None,
            age_group=card.get("age_group"), city=card.get("city"), event_count=len(acts),
            distinct_item_count=len({row.item for row in acts if row.item}), first_event_at=min(row.at for row in acts),
            last_event_at=max(row.at for row in acts), order_count=len(days), first_order_on=min(days, default=None),
            last_order_on=max(days, default=None), recency_days=(TODAY - max(days or [row.on for row in acts])).days,
            **{name: money[name] for name in ("gross_amount", "discount_amount", "return_amount", "net_amount")},
            average_order_amount=money["net_amount"] / len(days) if days else None,
            r_score=score.r, f_score=score.f, m_score=score.m, rfm_segment=score.name)


def user_segments():
    for user, score in RFM.items():  # nobody has four orders and then twice the usual silence: no rule applies
        days, count = RECENCY[user], len(ordered(user))
        yield {
            "user_id": user, "segmentation": "rfm", "segment": score.name, "evidence": (
                f"last order {days} day{'s' * (days != 1)} ago, {count} order{'s' * (count != 1)} and {MONEY[user]:.2f} net "
                f"in the window (R{score.r} F{score.f} M{score.m})"),
        }


def segments():
    for name in sorted({score.name for score in RFM.values()}):
        users = [user for user in CUSTOMERS if RFM[user].name == name]
        net = sum(MONEY[user] for user in users)
        yield {
            "segmentation": "rfm", "segment": name, "user_count": len(users),
            "user_share": len(users) / len(USERS), "order_count": sum(len(ordered(user)) for user in users),
            "net_amount": net, "net_amount_ratio": float(net / sum(MONEY.values())),
        }


def rfm_thresholds():
    frequency = {user: len(ordered(user)) for user in CUSTOMERS}
    for measure, letter, values in (("frequency", "f", frequency), ("monetary_amount", "m", MONEY), ("recency_days", "r", RECENCY)):
        for score in range(1, 6):
            got = [values[user] for user in CUSTOMERS if getattr(RFM[user], letter) == score]
            if got:
                yield {
                    "scored_measure": measure, "scored_as": score, "scored_count": len(got),
                    "lowest_value": Decimal(min(got)), "highest_value": Decimal(max(got)),
                }
