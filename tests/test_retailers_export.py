"""A retailer's export as it is found: cancellations, no customer ids, negative pieces, bookkeeping. It adds up to the penny.

The layout is that of UCI Online Retail: 115 of its own lines, and made-up ones with more of everything that is awkward. The raw
file is added up with Decimal, row by row.
"""

import csv
import random
from decimal import Decimal
from pathlib import Path

import pytest

from recsys import Project
from recsys.init import init

HEADER = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")


def lines() -> list[tuple]:
    draw = random.Random(20101201)
    codes = [(f"{22000 + n}{'A' * (n % 3 == 0)}", f"THING {n}", f"{draw.randint(5, 2000) / 100:.2f}") for n in range(60)] + [("84879", "BIRD", "0.001")]
    sold, found = [], []
    for number in range(900):
        customer = "" if number % 4 == 0 else str(12000 + draw.randint(0, 80))
        when = f"{draw.randint(1, 12)}/{draw.randint(1, 28)}/2011 {draw.randint(7, 19)}:{draw.randint(10, 59)}"
        for code, name, price in draw.sample(codes, draw.randint(1, 6)):
            row = (str(536000 + number), code, name, draw.randint(1, 48), when, price, customer, "United Kingdom")
            sold.append(row)
            found.append(row)
    for number, row in enumerate(draw.sample(sold, 200)):  # cancelled, some of it, some by nobody in particular
        found.append((f"C{540000 + number}", *row[1:3], -draw.randint(1, row[3]), "12/28/2011 12:00", row[5], row[6] * (number % 5 > 0), row[7]))
    found += [(f"C{550000 + n}", "D", "Discount", -1, "6/1/2011 9:00", f"{n}.37", "12001", "United Kingdom") for n in range(1, 20)]
    found += [("536999", "POST", "POSTAGE", 1, "6/2/2011 9:00", "18.00", "12002", "France")]
    found += [("536998", "22001", "THING 1", -3, "6/2/2011 9:00", "1.25", "12003", "France")]  # taken back without a cancellation
    found += [("A563185", "B", "Adjust bad debt", 1, "8/12/2011 14:50", "11062.06", "", "United Kingdom")]
    found += [("536589", "22002", "damaged", -10, "12/1/2010 16:50", "0", "", "United Kingdom")]
    draw.shuffle(found)
    return found


def found() -> list[tuple]:
    with (Path(__file__).parent / "data" / "online_retail.csv").open(newline="", encoding="utf-8") as file:
        return [(*row[:3], int(row[3]), *row[4:]) for row in list(csv.reader(file))[1:]]


def booked(rows: list[tuple]) -> list[tuple]:
    """Return the lines but for bad debt and what was written off at no price, as `where` says."""
    return [row for row in rows if not row[0].startswith("A") and not (row[3] < 0 and Decimal(row[5]) == 0)]


def added_up(rows: list[tuple]) -> Decimal:
    return sum((Decimal(row[3]) * Decimal(row[5]) for row in rows), Decimal(0))


@pytest.fixture(scope="module", params=[found, lines], ids=["found", "made_up"])
def rows(request) -> list[tuple]:
    return request.param()


@pytest.fixture(scope="module")
def shop(tmp_path_factory, rows) -> Project:
    folder = tmp_path_factory.mktemp("retailer")
    with (folder / "online_retail.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *rows])
    init(folder / "shop", [folder / "online_retail.csv"])
    project = Project(folder / "shop", settings={"similarity.axes": ["item"]})
    project.refresh()
    return project


def one(project: Project, sql: str) -> tuple:
    with project.connect() as con:
        return con.sql(sql).fetchall()[0]


def test_the_made_up_lines_hold_what_where_leaves_out():
    assert len(lines()) - len(booked(lines())) == 2, "the bad debt and what was written off"


def test_the_export_reconciles_to_the_penny_with_the_raw_file(shop, rows):
    lines_read = booked(rows)
    read, used, unidentified, rejected, read_amount, net = one(
        shop, "select read_count, used_count, unidentified_count, rejected_count, read_amount, net_amount from reconciliation "
        "where input = 'interactions'")
    assert (read, rejected) == (len(lines_read), 0)
    assert used + unidentified == read
    assert unidentified <= sum(not row[6] for row in lines_read), "cancellations by nobody may be their order's"
    assert read_amount == net == added_up(lines_read)


@pytest.mark.parametrize("table", ["order_lines", "daily_sales", "item_profiles"])
def test_every_table_of_revenue_has_the_same_total(shop, rows, table):
    assert one(shop, f"select sum(net_amount) from {table}") == (added_up(booked(rows)),)


def test_customers_are_known_by_the_ids_that_they_have(shop, rows):
    with shop.connect() as con:
        known = {user for (user,) in con.sql("select user_id from user_profiles where order_count > 0").fetchall()}
    assert known == {row[6].removesuffix(".0") for row in rows if row[6] and row[3] > 0 and not row[0].startswith("A")}


def test_the_rfm_segments_hold_what_identified_customers_spent(shop):
    """No cent of a cancellation is lost between the profiles and the segments."""
    for segmentation in ("rfm", "lifecycle"):
        assert one(shop, f"select sum(net_amount) from segments where segmentation = '{segmentation}'") == one(
            shop, "select sum(net_amount) from user_profiles where order_count > 0")
