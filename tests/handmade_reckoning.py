"""Events, orders and people of data/handmade, reckoned a second time in plain Python from its files.

Nothing here knows the models or the engine: what is written below are the rules, once more. test_handmade.py
goes on from here and compares with the golden tables.
"""

import csv
from collections import defaultdict
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from statistics import median
from types import SimpleNamespace as Row
from zoneinfo import ZoneInfo

DATA = Path(__file__).parents[1] / "data" / "handmade"
BERLIN = ZoneInfo("Europe/Berlin")
RATES = {"EUR": Decimal(1), "USD": Decimal("0.5"), "": Decimal(1)}
TYPES = {"view": "view_item", "cart": "add_to_cart"}
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


# --- users ---

def habits(user: str) -> dict:
    """The median gap between days with orders, and what most orders have in common; of equally many the latest."""
    rows = [BASKETS[order][0] for _, _, order in ordered(user)]
    days = sorted({row.on for row in rows})
    gaps = [(later - earlier).days for earlier, later in zip(days, days[1:], strict=False)]

    def usual(told):
        words = [told(row) for row in rows]
        return max(reversed(words), key=words.count, default=None)

    return {
        "usual_order_gap_days": float(median(gaps)) if gaps else None, "preferred_channel": usual(lambda row: row.source),
        "preferred_weekday": usual(lambda row: f"{row.on:%A}"),
        "preferred_hour": usual(lambda row: Decimal(row.at.replace(tzinfo=UTC).astimezone(BERLIN).hour)),
    }


def user_profiles():
    from handmade_segments import LIFECYCLE, RFM  # which goes on from here

    for user in USERS:
        card, acts, days = CARDS.get(user, {}), [row for row in ACTS if row.user == user], [day for _, day, _ in ordered(user)]
        money = sums([line for line in LINES if line.user == user])
        life = LIFECYCLE.get(user, Row(stage=None, since=None))
        score = RFM.get(user, Row(r=None, f=None, m=None, name=None, nothing=None))
        yield dict(
            user_id=user, household_id=None, is_excluded=False, first_seen_at=None, acquisition_channel=None,
            age_group=card.get("age_group"), city=card.get("city"), event_count=len(acts),
            distinct_item_count=len({row.item for row in acts if row.item}),
            distinct_category_count=len({ITEMS[row.item]["category"] for row in acts if row.item}), first_event_at=min(row.at for row in acts),
            last_event_at=max(row.at for row in acts), order_count=len(days), first_order_on=min(days, default=None),
            last_order_on=max(days, default=None), recency_days=(TODAY - max(days or [row.on for row in acts])).days,
            **{name: money[name] for name in ("gross_amount", "discount_amount", "return_amount", "net_amount")},
            average_order_amount=money["net_amount"] / len(days) if days else None,
            discount_share=float(money["discount_amount"] / money["gross_amount"]) if days else None,
            return_share=float(money["return_amount"] / (money["gross_amount"] - money["discount_amount"])) if days else None,
            **habits(user),
            r_score=score.r, f_score=score.f, m_score=score.m, is_without_revenue=score.nothing, rfm_segment=score.name,
            lifecycle_stage=life.stage, lifecycle_since_on=life.since,
            # twelve people are too few to forecast anything of them
            **dict.fromkeys(("expected_orders_365_days", "churn_probability", "expected_date_of_next_order", "predicted_clv")))
