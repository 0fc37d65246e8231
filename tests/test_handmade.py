"""The golden tables, compared cell by cell with a reckoning in plain Python that knows neither models nor engine.

A number of tests/golden/handmade that the reckoning does not reach is wrong in one of the two places. Events, orders
and people are reckoned in handmade_reckoning.py, segments in handmade_segments.py, value in handmade_value.py, likeness and
recommendations in handmade_recommendations.py, items and accounts here.
"""

import csv
from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import Decimal
from itertools import combinations, islice
from pathlib import Path

import handmade_campaign as acts
import handmade_reckoning as hand
import handmade_recommendations as likes
import handmade_retail as retail
import handmade_segments as groups
import handmade_value as worth
import pytest
from handmade_reckoning import ACTS, CUSTOMERS, EVENTS, ITEMS, LINES, NONE, ROWS, TODAY

from recsys import Project

GOLDEN = Path(__file__).parent / "golden" / "handmade"


# --- items ---

def item_profiles():
    for item, row in ITEMS.items():
        lines = [line for line in LINES if line.item == item]
        bought = [line for line in lines if line.order]
        recent, previous = (
            len({line.order for line in bought if first < (TODAY - line.on).days + 1 <= last}) for first, last in ((0, 28), (28, 56)))
        carts = Counter(user for user, _ in {(line.user, line.order) for line in bought if line.user})
        yield {
            "item_id": item, "item_name": row["name"], "category": row["category"], "subcategory": None,
            "brand": row["brand"], "list_price_amount": Decimal(row["price"]), "unit_cost_amount": None,
            "parent_item_id": row["parent"], "is_recommendable": row["recommended"] == "yes",
            "is_available": row["recommended"] == "yes", "customer_count": len(carts),
            "penetration_share": len(carts) / len(CUSTOMERS), "order_count": len({line.order for line in bought}),
            "quantity": sum(line.quantity for line in lines), "net_amount": sum(line.net for line in lines),
            "repeat_share": sum(count > 1 for count in carts.values()) / max(len(carts), 1),
            "first_order_on": min((line.on for line in bought), default=None),
            "last_order_on": max((line.on for line in bought), default=None), "recent_order_count": recent,
            "previous_order_count": previous, "trend": (recent - previous) / (recent + previous) if recent + previous else None,
        }


# --- accounts: where every row and every amount went ---

def reconciliation():
    for source in ("exchange_rates", "identities", "ratings", "store", "web", "items", "orders", "users"):
        rows = [row for row in ROWS if row.source == source]
        read = {"exchange_rates": 1} | {name: len(hand.read(f"{name}.csv")) for name in ("identities", "items", "orders", "users")}
        through = max((row.on for row in rows if row.fate in ("used", "unidentified")), default=None)
        fates = {fate: [row for row in rows if row.fate == fate] for fate in ("used", "unidentified", "superseded", "rejected", "later")}
        counts = {f"{fate}_count": len(found) for fate, found in fates.items()}
        if not rows:
            counts["used_count"] = read[source]
        amounts = {f"{fate}_amount": sum(row.gross - row.discount for row in found) for fate, found in fates.items()}
        off = sum(line.off for line in LINES if line.source == source)
        yield dict(
            input="interactions" if rows else source, source=source, read_count=len(rows) or read[source], **counts,
            read_amount=sum(row.gross - row.discount for row in rows), **amounts, order_discount_amount=off,
            net_amount=amounts["used_amount"] + amounts["unidentified_amount"] - off, data_through_on=through,
            is_late=bool(through) and (TODAY - through).days > 7)


def reconciliation_history():
    left_out = {"unidentified_amount", "superseded_amount", "rejected_amount", "later_amount", "order_discount_amount", "is_late"}
    for row in reconciliation():
        yield {"run_id": 1} | {name: value for name, value in row.items() if name not in left_out}


def rejected_rows():
    for number, row in enumerate((row for row in ROWS if row.trouble), 1):  # all of one source
        yield {
            "input": "interactions", "source": row.source, "rejected_no": number, "source_file": "store_sales.csv",
            "source_row": row.row, "row_in_file": row.row, "file_line_no": None, "trouble_column": row.trouble[0],
            "trouble_value": row.trouble[1], "trouble_reason": row.trouble[2],
        }


def data_quality():
    told = [tuple(row.values()) for row in hand.STORE]
    alike = [ROWS[told.index(row)] for row, count in Counter(told).items() if count > 1]
    fates = {fate: [(row, f"row {row.row}") for row in ROWS if row.fate == fate] for fate in ("superseded", "unidentified")}
    for finding, meaning, found in (
        ("identical rows", "kept, because two like lines can be two sales; a `key` would tell",
         [(row, f"{row.user} {row.item}") for row in alike]),
        ("no item", "events without an item: they count as activity only", [(row, row.kind) for row in ACTS if not row.item]),
        ("rejected", "rows that could not be used; rejected_rows has each with its reason",
         [(row, f"{row.trouble[2]} in {row.trouble[0]}") for row in ROWS if row.trouble]),
        ("superseded", "older copies of a row that came again under the same key", fates["superseded"]),
        ("unidentified", "events of nobody in particular: in revenue and baskets, in no profile", fates["unidentified"]),
        ("unmatched refund", "refunds for which no purchase was found: lines of their own",
         [(line, line.item) for line in LINES if not line.order]),
        ("zero price", "purchases for 0.00",
         [(row, row.item) for row in EVENTS if row.kind == "purchase" and row.gross == 0]),
    ):
        for source in sorted({row.source for row, _ in found}):
            examples = [example for row, example in found if row.source == source]
            yield {
                "finding": finding, "meaning": meaning, "source": source, "row_count": len(examples), "example": examples[0],
            }


def model_scorecard():
    """Nobody has evaluated anything."""
    yield from ()


def clusters():
    """Twelve people are too few to be grouped."""
    yield from ()


def cluster_choices():
    yield from ()


def user_tastes():
    yield from retail.user_tastes(likes.LIKED)


# --- the comparison ---

RECKONED = {table.__name__: table for table in (
    hand.order_lines, hand.orders, hand.user_profiles, groups.user_segments, groups.segments,
    groups.rfm_thresholds, groups.segment_history, groups.segment_transitions,
    likes.similar_items, likes.similar_users, likes.recommendations, likes.recommendation_scores,
    likes.recommendation_reasons, item_profiles, reconciliation, reconciliation_history, rejected_rows, data_quality,
    user_tastes, retail.daily_sales, retail.customer_months,
    retail.cohort_retention, retail.item_pairs,
    acts.next_best_action, acts.control_group, acts.segment_channels, clusters, cluster_choices,
    worth.user_value, worth.value_basis, worth.value_models, worth.value_calibration, model_scorecard,
)}


def golden(name: str) -> list[dict]:
    with (GOLDEN / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def same(written: str, reckoned) -> bool:
    """Amounts, numbers of things and words exactly, other numbers within a billionth."""
    match reckoned:
        case None | "":
            return written == ""
        case bool() | str() | date() | datetime():
            return written == str(reckoned)
        case float():
            return written != "" and abs(float(written) - reckoned) <= 1e-9
        case _:
            return written != "" and Decimal(written) == reckoned


@pytest.mark.parametrize("name", sorted(RECKONED))
def test_table_is_what_plain_python_reckons(name):
    written, reckoned = golden(name), list(RECKONED[name]())
    assert [list(row) for row in written[:1]] == [list(row) for row in reckoned[:1]]
    assert len(written) == len(reckoned)
    wrong = [
        f"row {place}, {column}: golden {row[column]!r}, reckoned {value!r}"
        for place, (row, mine) in enumerate(zip(written, reckoned, strict=True), 1)
        for column, value in mine.items() if not same(row[column], value)
    ]
    assert not wrong


def test_every_golden_table_is_reckoned():
    assert sorted(RECKONED) == sorted(path.stem for path in GOLDEN.glob("*.csv"))


def test_revenue_is_the_same_over_lines_sources_items_and_people_with_guests():
    guests = sum(line.net for line in LINES if not line.user)
    totals = {sum(Decimal(row["net_amount"]) for row in golden(name)) for name in ("order_lines", "reconciliation", "item_profiles")}
    assert totals == {sum(Decimal(row["net_amount"]) for row in golden("user_profiles")) + guests}


def test_what_goes_with_a_basket(handmade):
    """Added-up likeness to two items each, no variant of them and the best variant of a product."""
    with Project(handmade).connect() as con:
        for basket in combinations(ITEMS, 2):
            votes = Counter()
            for item in likes.TELLING:
                if likes.family(item) not in map(likes.family, basket):
                    votes[item] = sum(round(Decimal(value), 9) for other, value, _ in likes.LIKE_ITEMS[item] if other in basket)
            offered = sorted((item for item in votes if votes[item]), key=lambda item: (-votes[item], item))
            found = con.execute("select item_id, score from recommend_for_basket(?, n := 4)", [list(basket)]).fetchall()
            assert found == [(item, float(votes[item])) for item in islice(likes.families_once(offered), 4)], basket


@pytest.mark.parametrize("name", ["recommendation_scores", "recommendation_reasons"])
def test_parts_add_up_to_the_score(name):
    sums = defaultdict(lambda: NONE)
    for row in golden(name):
        sums[row["user_id"], row["list"], row["item_id"]] += Decimal(row["contribution"])
    scores = {(row["user_id"], row["list"], row["item_id"]): Decimal(row["score"]) for row in golden("recommendations")}
    assert sums.keys() == scores.keys()
    assert max(abs(sums[key] - score) for key, score in scores.items()) <= Decimal("1e-9")


def test_nobody_has_bought_so_often_that_a_second_list_is_due():
    """A rhythm is two gaps of one's own, or five users who bought the product again."""
    days = defaultdict(set)
    for line in LINES:
        if line.user and line.order:
            days[line.user, likes.family(line.item)].add(line.on)
    assert max(len(found) for found in days.values()) == 2
    assert max(Counter(product for (_, product), found in days.items() if len(found) > 1).values()) < 5
    assert {row["list"] for row in golden("recommendations")} == {"discover"}
