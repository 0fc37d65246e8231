"""What init makes of exports: the guess, what it says, and that the reader takes what it wrote."""

import gzip
import json
import tomllib
from pathlib import Path

import duckdb
import pytest

from recsys.errors import RecsysError
from recsys.init import Guess, init

MOVIELENS = Path(__file__).parents[2] / "shared" / "data" / "ml-latest-small"


@pytest.fixture
def shop(tmp_path):
    """Return a function that writes exports into a folder and runs init on it."""
    exports = tmp_path / "exports"
    exports.mkdir()

    def run(files: dict[str, str | bytes], **options) -> "Result":
        for name, content in files.items():
            file = exports / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return Result(init(tmp_path / "project", [exports], **options), tmp_path / "project")

    run.folder = exports
    return run


class Result:
    """A guess, its parsed toml, and the rows as a refresh would read them."""

    def __init__(self, guess: Guess, folder: Path) -> None:
        self.guess, self.folder = guess, folder
        self.toml = tomllib.loads((folder / "recsys.toml").read_text(encoding="utf-8"))
        assert guess.toml == (folder / "recsys.toml").read_text(encoding="utf-8")

    def one(self, kind: str) -> dict:
        assert len(self.toml[kind]) == 1, [block["name"] for block in self.toml[kind]]
        return self.toml[kind][0]

    def unsure(self, *words: str) -> bool:
        return any(all(word in sentence for word in words) for sentence in self.guess.unsure)

    def said(self, *words: str) -> bool:
        return any(all(word in sentence for word in words) for sentence in self.guess.said)

    def rows(self, kind: str, *columns: str, name: str | None = None) -> list[tuple]:
        """Read a source of the written toml with the project's own reader."""
        from recsys.config import read_config
        from recsys.library import bundled
        from recsys.params import Params, read_declarations
        from recsys.sources import prepare

        config = read_config(self.folder)
        params = Params(read_declarations(bundled("sql") / "params.toml")).override(
            {f"project.{key}": value for key, value in config.project.items()}, "recsys.toml"
        )
        with duckdb.connect() as con:
            con.execute("set timezone = 'UTC'")
            con.execute(f"set file_search_path = '{self.folder}'")
            con.execute((bundled("sql") / "macros" / "duckdb.sql").read_text(encoding="utf-8"))
            for alias, path in config.attach.items():
                con.execute(f"attach '{self.folder / path}' as {alias} (read_only)")
            found = prepare(con, config, params, self.folder / "temp")[kind]
            source = next(each for each in found if name in (None, each.name))
            parsed, plain = source.parsed, source.plain
            inner = [f"{column.text} as {column.text_name}" for column in parsed]
            inner += [f"{column.value} as {column.name}" for column in plain]
            outer = [f"{column.value} as {column.name}" for column in parsed] + [
                str(column.name) for column in plain
            ]
            sql = f"""select {", ".join(columns)} from (
                select {", ".join(outer)} from (
                    select {", ".join(inner)}, {source.keep} as is_kept from {source.relation}) where is_kept)
                order by all nulls first"""
            return con.execute(sql).fetchall()


def number(rows: list[tuple]) -> list[tuple]:
    """Decimals as floats, times as text."""
    return [
        tuple(str(v) if hasattr(v, "hour") else float(v) if hasattr(v, "as_tuple") else v for v in row)
        for row in rows
    ]


# ---- recognised layouts

SHOPIFY = """Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,\
Taxes,Total,Discount Code,Discount Amount,\
Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Vendor,\
Refunded Amount,Cancelled at
#1001,Ann@Example.com,paid,2023-01-05 10:22:33 +0100,EUR,25.00,5.00,4.00,30.00,,2.00,\
2023-01-05 10:22:33 +0100,2,Mug,10.00,MUG,0.00,Acme,0.00,
#1001,,,,,,,,,,,,1,Pen - blue,7.00,PEN-B,0.00,Acme,,
#1002,bob@example.com,refunded,2023-02-05 10:22:33 +0100,EUR,10.00,0.00,1.60,10.00,,0.00,\
2023-02-05 10:22:33 +0100,1,Mug,10.00,MUG,0.00,Acme,10.00,
#1003,ann@example.com ,paid,2023-03-05 10:22:33 +0100,EUR,7.00,0.00,1.12,7.00,,0.00,\
2023-03-05 10:22:33 +0100,1,Gift wrap,7.00,,0.00,Acme,0.00,2023-03-06 10:00:00 +0100
#1003,,,,,,,,,,,,1,Mug,10.00,MUG,0.00,Acme,,
#1004,,paid,2023-06-05 10:22:33 +0200,EUR,7.00,0.00,1.12,7.00,,0.00,2023-06-05 10:22:33 +0200,1,\
Gift wrap,7.00,,0.00,Acme,0.00,
"""


def test_shopify_lines_carry_what_stands_on_the_first_row_of_their_order(shop):
    result = shop({"orders_export_1.csv": SHOPIFY})
    rows = number(
        result.rows(
            "interactions",
            "order_id",
            "item_id",
            "user_id",
            "occurred_at",
            "quantity",
            "unit_price",
            name="orders_export_1",
        )
    )
    ann = rows[0][2]
    assert [row[:2] for row in rows] == [
        ("#1001", "MUG"),
        ("#1001", "PEN-B"),
        ("#1002", "MUG"),
        ("#1004", "Gift wrap"),
    ]
    assert rows[1][2:] == (ann, "2023-01-05 09:22:33", 1.0, 7.0)
    assert rows[3][2:4] == (None, "2023-06-05 08:22:33")


def test_shopify_addresses_are_not_published_as_ids(shop):
    rows = shop({"orders_export_1.csv": SHOPIFY}).rows("interactions", "user_id")
    assert all("@" not in (user or "") for (user,) in rows)


def test_shopify_orders_refunds_items_and_tax_come_from_the_same_file(shop):
    result = shop({"orders_export_1.csv": SHOPIFY})
    orders = number(
        result.rows("orders", "order_id", "order_total_amount", "shipping_amount", "order_discount_amount")
    )
    assert orders[0] == ("#1001", 30.0, 5.0, 2.0) and len(orders) == 4
    refunds = number(
        result.rows("interactions", "order_id", "line_amount", "event_type", name="orders_export_1_refunds")
    )
    assert refunds == [("#1002", 10.0, "refund")]
    assert ("MUG", "Mug", "Acme") in result.rows("items", "item_id", "name", "brand")
    assert result.toml["currency"] == "EUR" and result.toml["amounts_include_tax"] is True


def test_shopify_orders_without_refunds_make_no_source_of_them(shop):
    result = shop({"orders_export_1.csv": SHOPIFY.replace("Acme,10.00,", "Acme,0.00,")})
    assert result.one("interactions")["name"] == "orders_export_1" and "refunds have no block" in result.guess.toml


def test_a_shopify_product_export_takes_the_place_of_names_on_lines(shop):
    products = (
        "Handle,Title,Body (HTML),Vendor,Type,Tags,Variant SKU,Variant Price,Cost per item\n"
        'pen,Pen,<p>Nice</p>,Acme,Office,"blue, writing",PEN-B,7.00,2.00\n'
        "pen,,,,,,PEN-R,7.00,2.00\nmug,Mug,,Acme,Home,,MUG,10,4\n"
    )
    customers = (
        "Customer ID,Email,Accepts Email Marketing,Total Spent,Total Orders\n"
        "1,ann@example.com,yes,30,1\n2,bob@example.com,no,0,1\n"
    )
    result = shop(
        {"orders_export.csv": SHOPIFY, "products_export.csv": products, "customers_export.csv": customers}
    )
    assert result.rows("items", "item_id", "name", "parent_item_id") == [
        ("MUG", "Mug", "mug"),
        ("PEN-B", "Pen", "pen"),
        ("PEN-R", "Pen", "pen"),
    ]
    users = {user for (user,) in result.rows("users", "user_id")}
    assert users == {user for (user,) in result.rows("interactions", "user_id") if user}
    assert result.rows("consents", "purpose", "channel", "is_granted")[0][:2] == ("marketing", "email")
    assert result.one("users")["contact"] == {"email": "Email"}


def test_magento_configurables_count_once(shop):
    text = (
        "item_id,order_id,parent_item_id,customer_id,sku,name,product_type,qty_ordered,"
        "qty_canceled,qty_refunded,base_price,"
        "discount_amount,tax_amount,status,created_at\n"
        "1,100,,7,SHIRT-M,Shirt,configurable,2,0,0,20.00,1.00,7.60,complete,2024-01-02 10:00:00\n"
        "2,100,1,7,SHIRT-M,Shirt M,simple,2,0,0,0.00,0,0,complete,2024-01-02 10:00:00\n"
        "3,100,,7,CAP,Cap,simple,3,1,1,5.00,0,0.95,complete,2024-01-02 10:00:00\n"
        "4,101,,8,CAP,Cap,simple,1,0,0,5.00,0,0.95,canceled,2024-01-03 10:00:00\n"
    )
    result = shop({"sales_order_item.csv": text})
    rows = number(
        result.rows("interactions", "item_id", "order_id", "quantity", "unit_price", name="sales_order_item")
    )
    assert rows == [("CAP", "100", 2.0, 5.0), ("SHIRT-M", "100", 2.0, 20.0)]
    assert number(result.rows("interactions", "item_id", "quantity", name="sales_order_item_refunds")) == [
        ("CAP", 1.0)
    ]
    assert result.toml["amounts_include_tax"] is False


def test_magento_configurables_count_once_even_without_the_parents_number(shop):
    text = (
        "increment_id,customer_email,sku,name,product_type,qty_ordered,price,created_at\n"
        "000100,a@x.de,SHIRT-M,Shirt,configurable,2,20.00,2024-01-02 10:00:00\n"
        "000100,a@x.de,SHIRT-M,Shirt M,simple,2,0,2024-01-02 10:00:00\n"
        "000100,a@x.de,CARD,Free card,simple,1,0,2024-01-02 10:00:00\n"
    )
    rows = number(shop({"items.csv": text}).rows("interactions", "item_id", "unit_price", "order_id"))
    assert rows == [("CARD", 0.0, "000100"), ("SHIRT-M", 20.0, "000100")]


def test_magento_orders_are_named_as_the_lines_name_them(shop):
    items = "item_id,order_id,sku,qty_ordered,price,created_at\n" + "".join(
        f"{n},{n},A{n % 3},1,5,2024-01-02 10:00:00\n" for n in range(1, 8)
    )
    orders = "entity_id,increment_id,customer_id,grand_total,status,created_at\n" + "".join(
        f"{n},00010{n},{n % 4},5,complete,2024-01-02 10:00:00\n" for n in range(1, 8)
    )
    result = shop({"sales_order_item.csv": items, "sales_order.csv": orders})
    assert result.one("orders")["columns"]["order_id"] == "entity_id"


MAGENTO_ITEMS = "item_id,order_id,sku,name,qty_ordered,qty_refunded,price,created_at\n" + "".join(
    f"{n},{n},A{n},Tea,1,0,5,2024-01-02 10:00:00\n" for n in range(1, 7)
)


def test_magento_lines_of_orders_never_paid_for_are_left_out_by_the_orders_status(shop):
    statuses = ["complete", "pending_payment", "fraud", "holded", "canceled", "processing"]
    orders = "entity_id,increment_id,customer_id,grand_total,status,created_at,updated_at\n" + "".join(
        f"{n},00010{n},7,5,{status},2024-01-02 10:00:00,2024-01-0{n} 10:00:00\n"
        for n, status in [(6, "pending_payment"), *enumerate(statuses, 1)]
    )
    result = shop(
        {"sales_order_item.csv": MAGENTO_ITEMS, "sales_order.csv": orders.replace("2024-01-06", "2024-01-05", 1)}
    )
    assert result.rows("interactions", "item_id", name="sales_order_item") == [("A1",), ("A6",)]
    assert len(result.rows("orders", "order_id")) == 7 and not result.unsure("never paid")
    assert "# where" not in result.guess.toml
    assert "# not used: increment_id\n" in result.guess.toml


@pytest.mark.parametrize("number", ["order_id", "increment_id"])
def test_magento_lines_take_the_status_of_the_order_grid_by_their_labels(shop, number):
    grid = "ID,Purchase Date,Grand Total (Base),Status\n" + "".join(
        f'{n},"Jan {n}, 2024 10:11:00 AM",5,{status}\n'
        for n, status in enumerate(["Complete", "On Hold", "Suspected Fraud", "Pending Payment", "Closed"], 1)
    )
    grid += '1,"Jan 1, 2024 10:11:00 AM",5,Pending Payment\n'
    result = shop({"items.csv": MAGENTO_ITEMS.replace("order_id", number), "export.csv": grid})
    assert result.rows("interactions", "item_id", name="items") == [("A1",), ("A5",), ("A6",)]


def test_magento_items_without_refunds_make_no_source_of_them(shop):
    result = shop({"sales_order_item.csv": MAGENTO_ITEMS})
    assert result.one("interactions")["name"] == "sales_order_item" and "refunds have no block" in result.guess.toml


def test_magento_lines_whose_status_no_file_tells_are_said_to_count(shop):
    assert shop({"sales_order_item.csv": MAGENTO_ITEMS}).unsure("pending_payment", "count as revenue")


@pytest.mark.parametrize(
    ("evening", "format"),
    [
        ("08:11:00 PM", "%b %d, %Y %I:%M:%S %p"),
        ("20:11:00 PM", ["%b %d, %Y %H:%M:%S AM", "%b %d, %Y %H:%M:%S PM"]),
    ],
)
def test_magentos_order_grid_writes_its_dates_for_people(shop, evening, format):
    orders = "ID,Purchase Date,Grand Total (Base),Status,Customer Email\n" + "".join(
        f'00{n},"Jan {n}, 2023 {time}",12.50,complete,a@x.de\n'
        for n, time in [(1, "10:11:00 AM"), (12, evening), (13, "12:00:00 PM")]
    )
    result = shop({"export.csv": orders, "sales.csv": lines_csv(["2023-01-01"] * 3)})
    assert result.one("orders")["format"]["date"] == format and not result.unsure("Purchase Date")
    assert number(result.rows("orders", "ordered_at")) == [
        ("2023-01-01 10:11:00",),
        ("2023-01-12 20:11:00",),
        ("2023-01-13 12:00:00",),
    ]


GA4 = [
    {
        "event_date": "20240102",
        "event_timestamp": 1704189600000000,
        "event_name": "page_view",
        "user_pseudo_id": "d1",
        "user_id": None,
        "items": [],
    },
    {
        "event_date": "20240102",
        "event_timestamp": 1704189660000000,
        "event_name": "purchase",
        "user_pseudo_id": "d1",
        "user_id": "u1",
        "items": [
            {"item_id": "A", "item_name": "Tea", "price": 2.5, "quantity": 2},
            {"item_id": "B", "item_name": "Pot", "price": 20.0, "quantity": 1},
        ],
    },
    {
        "event_date": "20240102",
        "event_timestamp": 1704189670000000,
        "event_name": "session_start",
        "user_pseudo_id": "d2",
        "user_id": None,
        "items": [],
    },
    {
        "event_date": "20240102",
        "event_timestamp": 1704189680000000,
        "event_name": "view_item",
        "user_pseudo_id": "d2",
        "user_id": None,
        "items": [{"item_id": "A", "item_name": "Tea", "price": 2.5, "quantity": None}],
    },
]


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_ga4_items_become_rows_and_events_without_items_stay(shop, kind):
    lines = "\n".join(json.dumps(event) for event in GA4)
    file = shop.folder / "events.jsonl"
    file.write_text(lines)
    if kind == "parquet":
        with duckdb.connect() as con:
            con.execute(f"copy (from read_json('{file}')) to '{shop.folder / 'events.parquet'}'")
        file.unlink()
    result = shop({})
    rows = number(
        result.rows(
            "interactions",
            "event_type",
            "item_id",
            "user_id",
            "id_type",
            "occurred_at",
            "quantity",
            "unit_price",
        )
    )
    assert rows == [
        ("page_view", None, "d1", "ga4_device", "2024-01-02 10:00:00", None, None),
        ("purchase", "A", "u1", None, "2024-01-02 10:01:00", 2.0, 2.5),
        ("purchase", "B", "u1", None, "2024-01-02 10:01:00", 1.0, 20.0),
        ("view_item", "A", "d2", "ga4_device", "2024-01-02 10:01:20", None, None),
    ]
    assert result.rows("items", "item_id", "name") == [("A", "Tea"), ("B", "Pot")]
    assert result.rows("identities", "user_id", "id_type", "id_value") == [("u1", "ga4_device", "d1")]


def test_ga4_flattened_to_csv_is_recognised_too(shop):
    text = (
        "event_date,event_timestamp,event_name,user_pseudo_id,transaction_id,item_id,item_name,"
        "price,quantity\n"
        "20240102,1704189600000000,view_item,d1,,A,Tea,2.5,\n"
        "20240102,1704189660000000,purchase,d1,T1,A,Tea,2.5,2\n"
    )
    result = shop({"ga4.csv": text})
    rows = number(
        result.rows(
            "interactions",
            "user_id",
            "event_type",
            "order_id",
            "item_id",
            "occurred_at",
            "quantity",
            "unit_price",
        )
    )
    assert rows == [
        ("d1", "purchase", "T1", "A", "2024-01-02 10:01:00", 2.0, 2.5),
        ("d1", "view_item", None, "A", "2024-01-02 10:00:00", None, None),
    ]
    assert result.rows("items", "item_id", "name") == [("A", "Tea")]


def test_movielens_100k_is_known_without_headers(shop):
    flags = "|".join(["0", "1", "0", "1"] + ["0"] * 15)
    result = shop(
        {
            "u.data": "196\t242\t3\t881250949\n186\t242\t3\t891717742\n22\t1\t1\t878887116\n",
            "u.item": f"1|Toy Story (1995)|||x|{flags}\n242|Misérables, Les|||x|{flags}\n".encode("latin-1"),
            "u.user": "196|49|M|writer|55105\n186|39|F|executive|00000\n22|25|M|writer|40206\n",
            "u.genre": "unknown|0\n",
            "u1.base": "1\t1\t5\t874965758\n",
            "README": "see u.data",
        }
    )
    assert number(result.rows("interactions", "user_id", "item_id", "rating", "event_type"))[1] == (
        "196",
        "242",
        3.0,
        "rating",
    )
    assert result.rows("items", "item_id", "name", "tags")[1] == (
        "242",
        "Misérables, Les",
        "Action|Animation",
    )
    assert result.one("users")["columns"]["occupation"] == "occupation"
    assert result.said("Ignored", "u1.base", "u.genre")


def test_movielens_1m_is_read_with_its_double_colons(shop):
    result = shop(
        {
            "ratings.dat": "1::1193::5::978300760\n2::661::3::978302109\n",
            "movies.dat": '1193::Léon: "The Professional" (1994)::Crime|Drama\n661::James::War\n'.encode(
                "latin-1"
            ),
            "users.dat": "1::F::1::10::48067\n2::M::56::16::70072\n",
        }
    )
    assert result.rows("interactions", "user_id", "occurred_at")[0][0] == "1"
    assert result.rows("items", "name", "tags")[1] == ('Léon: "The Professional" (1994)', "Crime|Drama")
    assert result.one("interactions")["format"]["delimiter"] == "::"


@pytest.mark.skipif(not MOVIELENS.is_dir(), reason="MovieLens is not beside this checkout")
def test_movielens_latest_is_mapped_and_its_joins_measured(tmp_path):
    result = Result(init(tmp_path, [MOVIELENS]), tmp_path)
    assert result.one("interactions")["columns"] == {
        "user_id": "userId",
        "item_id": "movieId",
        "rating": "rating",
        "occurred_at": "timestamp",
    }
    assert len(result.rows("interactions", "user_id", "occurred_at")) == 100_836
    assert "100% of the ids in ratings.csv" in result.guess.toml
    assert result.said("links.csv", "not needed")
    assert result.said("tags.csv", "items, recognised as MovieLens: item_id, text")


def test_what_viewers_say_of_a_film_is_its_text(shop):
    result = shop({
        "ratings.csv": "userId,movieId,rating,timestamp\n1,7,4.0,964982703\n2,9,3.0,964982703\n",
        "movies.csv": "movieId,title,genres\n7,Heat (1995),Crime|Thriller\n9,Sabrina (1995),Comedy\n",
        "tags.csv": "userId,movieId,tag,timestamp\n1,7,Heist,1445714994\n2,7,heist,1445714996\n2,7,Los Angeles,1445714997\n",
    })
    assert result.rows("items", "item_id", "name", name="movies")[0] == ("7", "Heat (1995)")
    assert result.rows("items", "item_id", "text", name="tags") == [("7", "heist los angeles")]


@pytest.mark.parametrize(
    ("invoice", "price", "customer", "encoding"),
    [("InvoiceNo", "UnitPrice", "CustomerID", "latin-1"), ("Invoice", "Price", "Customer ID", "utf-8")],
)
def test_uci_online_retail_keeps_refunds_and_drops_bookkeeping(shop, invoice, price, customer, encoding):
    text = (
        f"{invoice},StockCode,Description,Quantity,InvoiceDate,{price},{customer},Country\n"
        "536365,85123A,CAFÉ HOLDER,6,12/1/2010 8:26,2.55,17850,United Kingdom\n"
        "C536379,85123A,CAFÉ HOLDER,-1,12/13/2010 9:41,2.55,17850,United Kingdom\n"
        "536400,POST,POSTAGE,1,12/14/2010 9:41,18,,France\n"
        "A563185,B,Adjust bad debt,1,8/12/2011 14:50,11062.06,,United Kingdom\n"
        "536589,21777,damaged,-10,12/1/2010 16:50,0,,United Kingdom\n"
    )
    result = shop({"online_retail.csv": text.encode(encoding)})
    rows = number(
        result.rows(
            "interactions", "event_type", "item_id", "user_id", "occurred_at", "quantity", "unit_price"
        )
    )
    assert rows == [
        ("purchase", "85123A", "17850", "2010-12-01 08:26:00", 6.0, 2.55),
        ("purchase", "POST", None, "2010-12-14 09:41:00", 1.0, 18.0),
        ("refund", "85123A", "17850", "2010-12-13 09:41:00", -1.0, 2.55),
    ]
    assert ("POST", False) in result.rows("items", "item_id", "is_recommendable")
    assert ("85123A", "CAFÉ HOLDER") in result.rows("items", "item_id", "name")
    assert result.rows("users", "user_id", "country") == [("17850", "United Kingdom")]
    assert result.toml["currency"] == "GBP"


def test_ids_that_a_data_frame_made_decimals_are_whole_again(shop):
    """pandas writes 17850.0 where some customer is missing; the list of customers has 17850."""
    result = shop({
        "sales.csv": "order_id,customer_id,sku,ordered_at,quantity,unit_price\n1.0,17850.0,A,2024-01-01,1,2.0\n2.0,,B,2024-01-02,1,2.0\n3.0,17851.0,B,2024-01-02,1,2.0\n",
        "customers.csv": "customer_id,city\n17850,Leeds\n17851,York\n17852,York\n",
    })
    assert result.rows("interactions", "order_id", "user_id") == [("1", "17850"), ("2", None), ("3", "17851")]
    assert "written as 17850.0 there" in result.guess.toml
    assert not result.said("same kind of id")


# ---- the generic guess

KASSE = (
    "Bonnummer;Position;Kundennummer;Artikelnummer;Datum;Menge;Einzelpreis;Gesamtpreis;Rabatt;Filiale;Status\n"
    "B1;1;K01;4711;31.01.2024;2;1.250,50;2.501,00;0,00;Köln;bezahlt\n"
    "B1;2;K01;4712;31.01.2024;1;3,20;3,20;0,20;Köln;bezahlt\n"
    "B2;1;K02;4711;01.02.2024;1;1.250,50;1.250,50;0,00;Bonn;storniert\n"
    "B3;1;;4712;02.02.2024;3;3,20;9,60;0,10;Bonn;bezahlt\n"
)
ARTIKEL = (
    "Artikelnummer;Bezeichnung;Warengruppe;Marke;EK-Preis\n4711;Bett;Möbel;Nord;700,00\n"
    "4712;Löffel;Küche;Nord;1,10\n"
)
KUNDEN = (
    "Kundennummer;Vorname;E-Mail;Geschlecht;PLZ\nK01;Zoë;zoe@x.de;w;50667\nK02;Jörg;j@x.de;m;53111\n"
    "K03;Änne;a@x.de;w;53111\n"
)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig", "utf-16"])
def test_german_exports_are_understood_in_any_encoding(shop, encoding):
    result = shop(
        {
            "kasse.csv": KASSE.encode(encoding),
            "artikel.csv": ARTIKEL.encode(encoding),
            "kunden.csv": KUNDEN.encode(encoding),
        }
    )
    rows = number(
        result.rows(
            "interactions",
            "order_id",
            "line_no",
            "user_id",
            "item_id",
            "occurred_at",
            "quantity",
            "line_amount",
            "discount_amount",
            "shop_id",
        )
    )
    assert rows == [
        ("B1", "1", "K01", "4711", "2024-01-31 00:00:00", 2.0, 2501.0, 0.0, "Köln"),
        ("B1", "2", "K01", "4712", "2024-01-31 00:00:00", 1.0, 3.2, 0.2, "Köln"),
        ("B3", "1", None, "4712", "2024-02-02 00:00:00", 3.0, 9.6, 0.1, "Bonn"),
    ]
    assert number(result.rows("items", "item_id", "name", "category", "brand", "unit_cost"))[1] == (
        "4712",
        "Löffel",
        "Küche",
        "Nord",
        1.1,
    )
    users = result.one("users")
    assert users["columns"] == {"user_id": "Kundennummer", "geschlecht": "Geschlecht"}
    assert users["contact"] == {"email": "E-Mail"}
    assert result.one("interactions")["key"] == ["Bonnummer", "Position"]


def test_french_and_spanish_columns_are_understood(shop):
    result = shop(
        {
            "ventes.csv": "Numéro commande;ID client;Réf article;Date commande;Quantité;Prix unitaire\n"
            "1;c1;a;13/02/2024;1;2,5\n2;c2;b;14/02/2024;2;3,5\n3;c1;b;15/02/2024;1;3,5\n",
            "ventas.csv": (
                "pedido;cliente;producto;fecha;cantidad;precio\n9;c3;b;13/02/2024;1;3,5\n"
                "8;c3;a;14/02/2024;1;2,5\n8;c4;b;14/02/2024;1;3,5\n"
            ),
        }
    )
    want = {"user_id", "item_id", "order_id", "occurred_at", "quantity", "unit_price"}
    assert [set(block["columns"]) for block in result.toml["interactions"]] == [want, want]
    assert number(result.rows("interactions", "occurred_at", "unit_price", name="ventes"))[0] == (
        "2024-02-13 00:00:00",
        2.5,
    )


def lines_csv(dates: list[str]) -> str:
    return "customer_id,product_id,date,amount\n" + "".join(
        f"c{n % 2},p{n % 3},{day},1.5\n" for n, day in enumerate(dates)
    )


@pytest.mark.parametrize(
    ("dates", "format"),
    [
        (["1/2/2024", "13/2/2024", "2/3/2024"], "%d/%m/%Y"),
        (["1/2/2024", "2/13/2024", "2/3/2024"], "%m/%d/%Y"),
        (["01.02.2024 10:30"] * 3, "%d.%m.%Y %H:%M"),
        (["01-Feb-2024"] * 3, "%d-%b-%Y"),
        (["20240201"] * 3, "%Y%m%d"),
        (['"Jan 1, 2024"', '"May 12, 2024"'], "%b %d, %Y"),
        (['"January 1, 2024 1:05 pm"', '"May 12, 2024 11:05 am"'], "%B %d, %Y %I:%M %p"),
    ],
)
def test_date_formats_are_decided_by_the_values(shop, dates, format):
    result = shop({"sales.csv": lines_csv(dates)})
    assert result.one("interactions")["format"]["date"] == format
    assert all(when and when.year == 2024 for (when,) in result.rows("interactions", "occurred_at"))
    assert not result.unsure("day or the month")


def test_an_ambiguous_date_format_is_said(shop):
    assert shop({"sales.csv": lines_csv(["1/2/2024", "3/4/2024", "5/6/2024"])}).unsure(
        "date", "day or the month first"
    )


def test_overlapping_monthly_files_become_one_glob_with_a_key(shop):
    head = "order_id,line_no,customer_id,sku,ordered_at,qty,price\n"
    rows = [f"o{n // 2},{n % 2},c{n % 4},s{n % 3},2024-01-{n + 1:02d},1,2.5\n" for n in range(9)]
    result = shop(
        {"sales_2024_01.csv": head + "".join(rows[:6]), "sales_2024_02.csv": head + "".join(rows[4:])}
    )
    block = result.one("interactions")
    assert block["from"] == "../exports/sales_2024_0*.csv" and block["key"] == ["order_id", "line_no"]
    assert block["name"] == "sales"


def test_files_in_several_copies_without_a_key_are_said(shop):
    text = lines_csv(["2024-01-01", "2024-01-02", "2024-01-03"])
    assert shop({"sales_a.csv": text, "sales_b.csv": text}).unsure("sales_a.csv", "sales_b.csv", "twice")


def parquet(text: str, folder: Path) -> bytes:
    """The same table as a parquet file."""
    (folder / "text").write_text(text)
    duckdb.sql(f"from read_csv('{folder / 'text'}')").write_parquet(str(folder / "parquet"))
    return (folder / "parquet").read_bytes()


def test_of_a_table_that_is_exported_twice_one_file_is_taken_and_it_is_said(shop, tmp_path):
    text = lines_csv(["2024-01-01", "2024-01-02", "2024-01-03"])
    twice = {"sales.csv": text, "sales.parquet": parquet(text, tmp_path), "sales.csv.gz": gzip.compress(text.encode())}
    result = shop(twice | {"sales.2024.csv": text.replace("2024", "2023")})
    assert {block["from"] for block in result.toml["interactions"]} == {"../exports/sales.parquet", "../exports/sales.2024.csv"}
    assert result.unsure("sales.csv has", "of sales.parquet", "left out") and result.unsure("sales.csv.gz has", "of sales.parquet")
    assert "# - sales.csv has the name and the columns of sales.parquet" in result.guess.toml


def test_of_two_files_of_one_name_the_fuller_is_taken_and_others_stay(shop, tmp_path):
    text = lines_csv(["2024-01-01", "2024-01-02", "2024-01-03"])
    fuller = "".join(f"{line},{number}\n" for line, number in zip(text.splitlines(), ["colour", 1, 2, 3], strict=False))
    result = shop({"sales.csv": fuller, "sales.parquet": parquet(text, tmp_path), "north/sales.parquet": parquet(text, tmp_path)})
    assert {block["from"] for block in result.toml["interactions"]} == {"../exports/sales.csv", "../exports/north/sales.parquet"}


def test_views_and_purchases_of_one_layout_stay_two_sources(shop):
    text = "user_id,item_id,timestamp\nu1,a,1700000000\nu2,b,1700000001\nu1,b,1700000002\n"
    blocks = shop({"views.csv": text, "purchases.csv": text}).toml["interactions"]
    assert {block["name"]: block["constants"]["event_type"] for block in blocks} == {
        "views": "view_item",
        "purchases": "purchase",
    }


def test_event_words_are_translated_and_unknown_ones_said(shop):
    result = shop(
        {
            "events.csv": "timestamp,visitorid,event,itemid,transactionid\n"
            "1433221332117,1,view,10,\n1433221332118,2,addtocart,11,\n"
            "1433221332119,2,transaction,11,5\n1433221332120,1,zoom,10,\n"
        }
    )
    assert [row[0] for row in result.rows("interactions", "event_type")] == [
        "add_to_cart",
        "purchase",
        "view_item",
        "zoom",
    ]
    assert result.unsure("zoom", "keep their names")


def test_ids_are_joined_by_their_values_not_only_their_names(shop):
    result = shop(
        {
            "sales.csv": (
                "customer_id,product_id,sku,date,amount\nc1,1,A1,2024-01-01,1\nc2,2,A2,2024-01-01,1\n"
                "c1,2,A2,2024-01-02,1\n"
            ),
            "products.csv": "id,sku,title\n77,A1,Tea\n78,A2,Pot\n",
        }
    )
    assert result.one("interactions")["columns"]["item_id"] == "sku"
    assert result.one("items")["columns"]["item_id"] == "sku"


def test_ids_that_do_not_match_are_said_with_the_remedy(shop):
    result = shop(
        {
            "sales.csv": (
                "customer_id,product_id,date,amount\nc1,0001,2024-01-01,1\nc2,0002,2024-01-01,1\n"
                "c1,0002,2024-01-02,1\n"
            ),
            "products.csv": "product_id,title\n1,Tea\n2,Pot\n",
        }
    )
    assert result.unsure("Only 0%", "leading zeros")


def test_totals_after_the_discount_are_not_discounted_twice(shop):
    text = (
        "customer_id,sku,date,qty,price,discount,total\nc1,a,2024-01-01,2,10.00,1.50,18.50\n"
        "c2,b,2024-01-02,1,5.00,0.50,4.50\n"
    )
    columns = shop({"sales.csv": text}).one("interactions")["columns"]
    assert (
        columns["unit_price"] == "price"
        and columns["discount_amount"] == "discount"
        and "line_amount" not in columns
    )


def test_a_discount_of_unknown_standing_is_left_out_and_said(shop):
    result = shop(
        {
            "sales.csv": (
                "customer_id,sku,date,sales_value,discount\nc1,a,2024-01-01,10.00,1.50\n"
                "c2,b,2024-01-02,5.00,0.50\n"
            )
        }
    )
    assert "discount_amount" not in result.one("interactions")["columns"]
    assert result.unsure("discount", "before or after")


def test_several_currencies_ask_for_rates(shop):
    result = shop(
        {
            "sales.csv": (
                "customer_id,sku,date,amount,currency\nc1,a,2024-01-01,1,EUR\nc2,b,2024-01-02,2,CHF\n"
                "c2,b,2024-01-02,2,EUR\n"
            )
        }
    )
    assert (
        result.one("interactions")["columns"]["currency"] == "currency" and result.toml["currency"] == "EUR"
    )
    assert result.unsure("CHF", "rates")


def test_one_currency_is_the_projects(shop):
    result = shop(
        {"sales.csv": "customer_id,sku,date,amount,currency\nc1,a,2024-01-01,1,CHF\nc2,b,2024-01-02,2,CHF\n"}
    )
    assert result.toml["currency"] == "CHF" and "currency" not in result.one("interactions")["columns"]


def test_order_lines_without_customer_take_it_from_the_orders(shop):
    result = shop(
        {
            "shop_orders.csv": "order_id,customer_id,order_status,order_purchase_timestamp\n"
            "e4,9e,delivered,2017-10-02 10:56:33\n53,b0,canceled,2018-07-24 20:41:37\n",
            "shop_order_items.csv": "order_id,order_item_id,product_id,price,product_name_length\n"
            "e4,1,42,58.90,3\n53,1,e5,239.90,4\n53,2,e5,239.90,4\n",
        }
    )
    assert result.one("interactions")["columns"]["order_id"] == "order_id"
    assert result.one("orders")["columns"]["user_id"] == "customer_id"
    assert result.unsure("canceled", "still count")


def test_cancelled_lines_are_left_out_by_their_status(shop):
    text = (
        "customer_id,sku,date,amount,status\nc1,a,2024-01-01,1,complete\nc2,b,2024-01-02,2,\n"
        "c2,b,2024-01-02,2,Cancelled\n"
    )
    result = shop({"sales.csv": text})
    assert result.rows("interactions", "user_id") == [("c1",), ("c2",)]


def test_the_only_column_of_times_is_the_time_whatever_it_is_called(shop):
    result = shop({"sales.csv": lines_csv(["2024-01-01", "2024-01-02"]).replace(",date,", ",t_dat,")})
    assert result.one("interactions")["columns"]["occurred_at"] == "t_dat"


def test_identities_and_consents_are_recognised(shop):
    result = shop(
        {
            "sales.csv": lines_csv(["2024-01-01", "2024-01-02", "2024-01-03"]),
            "identities.csv": "user_id,id_type,id_value\nc0,card,77\nc1,card,78\n",
            "consents.csv": (
                "customer_id,purpose,channel,opt_in,changed_at\nc0,marketing,email,yes,2024-01-01\n"
                "c1,marketing,sms,no,2024-01-01\n"
            ),
        }
    )
    assert result.rows("identities", "user_id", "id_type", "id_value")[0] == ("c0", "card", "77")
    assert result.rows("consents", "user_id", "purpose", "is_granted")[1] == ("c1", "marketing", False)


# ---- kinds of files


def test_parquet_json_gz_zst_and_duckdb_tables_are_read(shop):
    with duckdb.connect(str(shop.folder / "shop.duckdb")) as con:
        con.execute(
            "create table sales as select 'c' || n % 3 as customer_id, n % 2 as product_id, n as amount, "
            "timestamp '2024-01-01' + n * interval 1 day as sold_at from range(9) t(n)"
        )
        con.execute(
            "copy (select n as product_id, 'item ' || n as title from range(2) t(n)) to "
            f"'{shop.folder / 'products.parquet'}'"
        )
        con.execute(
            f"copy (select 'c' || n as customer_id, 'f' as gender from range(3) t(n)) to "
            f"'{shop.folder / 'customers.csv.zst'}' (header, compression zstd)"
        )
    views = "user_id,item_id,viewed_at\nc1,1,2024-01-01\nc2,0,2024-01-02\nc2,1,2024-01-03\n"
    ratings = "\n".join(
        json.dumps({"user_id": f"c{n}", "product_id": 1, "stars": 4, "date": "2024-01-01"}) for n in range(3)
    )
    result = shop({"views.csv.gz": gzip.compress(views.encode()), "ratings.ndjson": ratings})
    assert result.toml["attach"] == {"shop": "../exports/shop.duckdb"}
    assert {block["name"] for block in result.toml["interactions"]} == {"sales", "views", "ratings"}
    assert len(result.rows("interactions", "occurred_at", name="sales")) == 9
    assert len(result.rows("interactions", "occurred_at", name="views")) == 3
    assert number(result.rows("interactions", "rating", "event_type", name="ratings"))[0] == (4.0, "rating")
    assert len(result.rows("items", "name")) == 2 and len(result.rows("users", "user_id")) == 3


def test_cp1252_letters_survive(shop):
    result = shop(
        {
            "sales.csv": lines_csv(["2024-01-01"] * 3),
            "products.csv": "product_id,title\np0,Œuf à 5 €\np1,Tea\np2,Pot\n".encode("cp1252"),
        }
    )
    assert result.one("items")["format"]["encoding"] == "cp1252"
    assert result.rows("items", "name")[2] == ("Œuf à 5 €",)


def test_preamble_lines_and_excels_separator_line_are_skipped(shop):
    text = (
        "Sales report\nMade on;2024-05-01\n\nCustomer ID;Product ID;Date;Amount\nc1;a;2024-01-01;1\n"
        "c2;b;2024-01-02;2\nc3;b;2024-01-02;2\n"
    )
    result = shop(
        {
            "sales.csv": text,
            "clicks.csv": "sep=;\nuser;item;ts\nu1;a;1700000000\nu2;b;1700000001\nu2;b;1700000003\n",
        }
    )
    assert result.rows("interactions", "user_id", name="sales") == [("c1",), ("c2",), ("c3",)]
    assert result.rows("interactions", "user_id", name="clicks") == [("u1",), ("u2",), ("u2",)]


def test_files_without_header_keep_their_first_row(shop):
    result = shop(
        {"sales.csv": lines_csv(["2024-01-01"] * 3), "log.csv": "u1,i1,5,1700000000\nu2,i2,4,1700000001\n"}
    )
    assert result.unsure("log.csv", "no line with the names of its columns", "columns = [4 names]")


def test_null_marks_are_named(shop):
    result = shop({"sales.csv": lines_csv(["2024-01-01", "\\N", "2024-01-02"])})
    assert result.one("interactions")["format"]["null"] == ["\\N"]


def test_unmapped_columns_and_personal_data_are_listed_not_mapped(shop):
    result = shop(
        {
            "sales.csv": lines_csv(["2024-01-01"] * 3)
            .replace("amount", "amount,weather")
            .replace("1.5", "1.5,sun")
        }
    )
    assert "# not used: weather" in result.guess.toml


def test_a_column_that_another_block_of_its_file_uses_is_not_called_unused(shop):
    unused = [line for line in shop({"orders.csv": SHOPIFY}).guess.toml.splitlines() if "not used" in line]
    assert unused == ['# not used: "Paid at", Currency, Subtotal, Taxes, "Discount Code" (empty)']


@pytest.mark.parametrize(("mark", "price", "change"), [(".", "2.50", "',', '.'"), (",", "2,50", "'.', ','")])
def test_numbers_that_may_be_thousands_or_kilograms_are_said(shop, mark, price, change):
    weight = "12,505" if mark == "." else "12.505"
    text = "customer_id;sku;date;qty;price\n" + "".join(f"c{n};a;2024-01-0{n};{weight};{price}\n" for n in (1, 2, 3))
    result = shop({"sales.csv": text})
    assert result.unsure("every qty", f"{weight} as 12505", f"replace(qty, {change})") and not result.unsure("every price")
    assert not shop({"sales.csv": text.replace(weight, "7", 1)}, force=True).unsure("every qty")
    file = result.folder / "recsys.toml"
    file.write_text(file.read_text().replace('"qty"', f'"replace(qty, {change})"'))
    assert number(result.rows("interactions", "quantity"))[1] == (12.505,)


def test_a_zero_before_the_mark_tells_decimals_from_thousands(shop):
    text = "customer_id;sku;date;qty;amount\nc1;a;2024-01-01;0,350;3\nc2;a;2024-01-02;12,505;4\n"
    result = shop({"sales.csv": text})
    assert result.one("interactions")["format"]["decimal"] == "," and not result.unsure("every")


# ---- what goes wrong is said


def test_an_existing_project_file_is_kept_unless_forced(shop):
    text = {"sales.csv": lines_csv(["2024-01-01"] * 3)}
    shop(text)
    with pytest.raises(RecsysError, match="exists already"):
        shop(text)
    shop(text, force=True)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.csv", b"", "it is empty"),
        ("junk.parquet", b"not parquet at all", "cannot be read"),
        ("junk.csv", bytes(range(256)) * 9, "not text"),
        ("broken.csv.gz", b"no gzip", "gzip"),
        ("broken.json", b"{oops", "cannot be read"),
        ("headers.csv", b"user_id,item_id\n", "no rows"),
        ("book.xlsx", b"PK", "CSV"),
    ],
)
def test_an_unusable_file_is_named_and_the_rest_goes_on(shop, name, content, words):
    result = shop({name: content, "sales.csv": lines_csv(["2024-01-01"] * 3)})
    assert result.unsure(name, words)
    assert result.one("interactions")["name"] == "sales"


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.csv", b""), ("junk.parquet", b"x"), ("book.xlsx", b"PK"), ("prose.txt", b"Dear all,\nhello\n")],
)
def test_an_unusable_file_that_was_named_is_an_error_with_its_name(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(RecsysError, match=name):
        init(tmp_path / "project", [tmp_path / name])


def test_a_missing_path_and_a_folder_without_data_are_errors(tmp_path):
    with pytest.raises(RecsysError, match="no such file"):
        init(tmp_path / "project", [tmp_path / "nowhere"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(RecsysError, match="Nothing could be recognised"):
        init(tmp_path / "project", [tmp_path / "empty"])
    assert not (tmp_path / "project").exists()


def test_a_folder_with_nothing_but_other_files_names_them(shop):
    with pytest.raises(RecsysError, match=r"no CSV.* Ignored as no data: notes\.docx, photo\.jpg\."):
        shop({"notes.docx": b"PK", "photo.jpg": b"\xff\xd8"})


def test_prose_and_pictures_in_the_folder_are_ignored_with_a_word(shop):
    result = shop(
        {
            "sales.csv": lines_csv(["2024-01-01"] * 3),
            "README.txt": "Read this, please.\nIt is prose.",
            "logo.png": b"\x89PNG",
        }
    )
    assert result.said("Ignored", "README.txt", "logo.png")
    assert not result.unsure("README")


def test_values_that_will_be_rejected_are_counted_before(shop):
    result = shop({"sales.csv": lines_csv([*["2024-01-01"] * 19, "soon"])})
    assert result.unsure("5%", "date", "no times")


def test_without_interactions_it_says_what_is_needed(shop):
    assert shop({"products.csv": "product_id,title\n1,Tea\n2,Pot\n"}).unsure("no interactions")


def test_campaign_files_are_left_for_later(shop):
    result = shop(
        {
            "sales.csv": lines_csv(["2024-01-01"] * 3),
            "redemptions.csv": "customer_id,campaign_id,date\nc1,5,2024-01-01\nc2,5,2024-01-02\n",
        }
    )
    assert result.unsure("redemptions.csv", "Campaign")


# ---- names that say more, and columns whose names say nothing


def test_a_unit_in_brackets_is_no_part_of_a_name_but_says_the_currency(shop):
    result = shop(
        {
            "kasse.csv": "Bon-Nr;Pos;Kunde;Artikelnr;Verkauft am;Menge;Preis (CHF)\n"
            "1;1;c1;a;13.02.2024;1;2,50\n1;2;c1;b;13.02.2024;2;3,50\n2;1;c2;b;14.02.2024;1;3,50\n"
        }
    )
    columns = result.one("interactions")["columns"]
    assert columns["unit_price"] == "Preis (CHF)" and columns["occurred_at"] == "Verkauft am"
    assert (columns["order_id"], columns["line_no"]) == ("Bon-Nr", "Pos")
    assert result.toml["currency"] == "CHF" and not result.unsure("currency")
    assert number(result.rows("interactions", "unit_price"))[0] == (2.5,)


@pytest.mark.parametrize("name", ["Betrag [€]", "Amount (EUR)", "Betrag (Euro)"])
def test_signs_and_words_of_a_currency_are_understood(shop, name):
    text = lines_csv(["2024-01-01", "2024-01-02"]).replace("amount", name)
    result = shop({"sales.csv": text})
    assert result.one("interactions")["columns"]["line_amount"] == name
    assert result.toml["currency"] == "EUR" and not result.unsure("currency")


def test_sources_in_different_currencies_by_their_columns_names_ask_for_a_rate(shop):
    days = ["2024-01-01", "2024-01-02", "2024-01-03"]
    result = shop(
        {
            "sales_a.csv": lines_csv(days).replace("amount", "amount (EUR)"),
            "sales_b.csv": lines_csv(days[:2]).replace("amount", "amount (USD)"),
        }
    )
    assert result.toml["currency"] == "EUR" and result.unsure("USD", "rates")
    constants = {block["name"]: block["constants"] for block in result.toml["interactions"]}
    assert constants["sales_b"]["currency"] == "USD" and "currency" not in constants["sales_a"]


def test_the_time_of_the_export_is_not_taken_for_that_of_the_sale(shop):
    text = "sku,wann,exportiert_am,amount\na,2024-01-01,2024-02-01,1.5\nb,2024-01-02,2024-02-01,2.5\n"
    result = shop({"sales.csv": text.replace("sku", "order_id,sku").replace("\n", "\n7,", 2)})
    assert result.one("interactions")["columns"]["occurred_at"] == "wann"
    assert not result.unsure("no time")


def test_several_times_and_no_amount_are_asked_for_first(shop):
    result = shop(
        {
            "kasse.csv": "customer_id,sku,order_id,von,bis,wert,zahl\n"
            "c1,a,1,2024-01-01,2024-01-02,1.50,3\nc2,b,2,2024-01-03,2024-01-04,2.50,4\n"
        }
    )
    assert result.guess.unsure[:2] == [
        "kasse: no time found (candidates: von, bis)",
        "kasse: no amount found (candidates: wert)",
    ]
    assert '\n# occurred_at = "von"  #' in result.guess.toml
    assert '\n# line_amount = "wert"  #' in result.guess.toml


def test_no_candidates_are_said_to_be_none(shop):
    result = shop({"kasse.csv": "customer_id,sku,order_id\nc1,a,1\nc2,b,2\nc2,a,3\n"})
    assert result.guess.unsure[0] == "kasse: no time found (candidates: none)"


# ---- records and lists


def test_the_id_within_a_record_is_taken_and_lists_are_no_ids(shop):
    lines = [
        {
            "user": {"name": "Ann", "id": f"c{n % 2}"},
            "items": ["x", "y"],
            "product_id": f"p{n}",
            "type": kind,
            "ts": f"2024-01-0{n + 1}T10:00:00",
        }
        for n, kind in enumerate(["view", "add_to_cart", "search", "purchase"])
    ]
    result = shop({"stream.jsonl": "\n".join(map(json.dumps, lines))})
    columns = result.one("interactions")["columns"]
    assert columns["user_id"] == "user.id" and columns["item_id"] == "product_id"
    assert result.rows("interactions", "user_id", "event_type") == [
        ("c0", "search"),
        ("c0", "view_item"),
        ("c1", "add_to_cart"),
        ("c1", "purchase"),
    ]
    assert result.unsure("search", "keep their names")


def test_a_list_called_item_is_not_the_item(shop):
    lines = [{"user_id": f"c{n}", "item": ["x"], "order_id": n, "date": "2024-01-01"} for n in range(3)]
    result = shop({"sales.jsonl": "\n".join(map(json.dumps, lines))})
    assert all("item_id" not in block["columns"] for block in result.toml.get("interactions", []))


def test_a_type_that_holds_no_events_is_no_event_type(shop):
    text = "customer_id,sku,date,amount,type\nc1,a,2024-01-01,1,retail\nc2,b,2024-01-02,2,outlet\n"
    block = shop({"sales.csv": text}).one("interactions")
    assert "event_type" not in block["columns"] and block["constants"]["event_type"] == "purchase"


# ---- what was given back


@pytest.mark.parametrize(
    ("file", "header"),
    [
        ("Retouren.csv", "Retourennr;Bestellnr;Datum;Betrag (EUR)"),
        ("Rückgaben_2024.csv", "Nr;Original-Bestellnr;Rückgabedatum;Erstattungsbetrag"),
        ("refunds.csv", "refund_id;order_id;refund_date;refund_amount"),
        ("export.csv", "return_no;original_order_no;date;amount"),
    ],
)
def test_refunds_of_orders_are_interactions_with_the_original_order(shop, file, header):
    result = shop(
        {
            "sales.csv": "order_id,customer_id,sku,date,amount\n1,c1,a,2024-01-01,5\n2,c2,b,2024-01-02,7\n",
            file: f"{header}\nR1;1;2024-02-01;5.00\nR2;2;2024-02-02;3.50\n",
        }
    )
    block = next(each for each in result.toml["interactions"] if each["name"] != "sales")
    names = header.split(";")
    assert block["constants"]["event_type"] == "refund"
    assert [block["columns"][name] for name in ("original_order_id", "occurred_at", "line_amount")] == names[1:]
    assert not {"order_id", "user_id", "item_id"} & set(block["columns"])
    rows = result.rows("interactions", "original_order_id", "line_amount", name=block["name"])
    assert number(rows) == [("1", 5.0), ("2", 3.5)]


def test_orders_that_name_a_refunded_amount_stay_orders(shop):
    result = shop(
        {
            "sales.csv": lines_csv(["2024-01-01"] * 3),
            "orders.csv": "order_id,customer_id,order_date,total,refunded_amount\n"
            "1,c1,2024-01-01,5,0\n2,c0,2024-01-02,6,6\n",
        }
    )
    assert result.one("orders")["columns"]["order_id"] == "order_id"


# ---- ids across files


def test_ids_are_compared_with_all_files_and_the_best_is_said_once(shop):
    sales = "customer_id,product_id,date,amount\n" + "".join(
        f"c1,{n},2024-01-0{n},{n}.5\n" for n in range(1, 6)
    )
    good = "product_id,title\n" + "".join(f"{n},Tea {n}\n" for n in range(1, 6))
    result = shop({"sales.csv": sales, "products.csv": good, "products_old.csv": "product_id,name\n90,A\n91,B\n"})
    assert not result.unsure("Only")


def test_of_several_poor_matches_the_best_is_said(shop):
    sales = "customer_id,product_id,date,amount\n" + "".join(
        f"c1,{n},2024-01-0{n},{n}.5\n" for n in range(1, 6)
    )
    some = "product_id,title\n1,Tea\n70,Pot\n71,Cup\n72,Jug\n"
    result = shop({"sales.csv": sales, "products.csv": some, "products_old.csv": "product_id,name\n90,A\n91,B\n"})
    assert [each[:8] for each in result.guess.unsure if "same kind of id" in each] == ["Only 20%"]
    assert len(set(result.guess.unsure)) == len(result.guess.unsure)
