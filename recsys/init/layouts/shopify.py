"""Shopify's exports of orders, customers and products.

One row is one line (or variant); what belongs to the whole order (or product) stands on its first row.
"""

from recsys.init.model import Export, Source

UNPAID = "('voided', 'pending', 'expired')"
PERSON = "md5(lower(trim({})))"
NO_ADDRESS = "people are known by e-mail only: the id is its md5, so that no address is published"


def recognise(export: Export) -> list[Source] | None:
    """Return the sources of an order, customer or product export."""
    if export.has("Name", "Email", "Lineitem name", "Lineitem quantity", "Lineitem price", "Created at"):
        return [each for each in (lines(export), orders(export), refunds(export), items(export)) if each]
    if export.has("Email", "Total Spent", "Total Orders"):
        return customers(export)
    if export.has("Handle", "Title", "Variant SKU"):
        return [products(export)]
    return None


def filled(column: str, unit: str = "Name") -> str:
    """Return the cell of the first row of an order (or product) for each of its rows."""
    # first_value, as DuckDB 1.5 cannot run aggregates over a whole partition of a CSV file
    return f'first_value("{column}" ignore nulls) over (partition by "{unit}")'


def iso(value: str) -> str:
    """Return a time with its offset as ISO writes it: +01:00 rather than +0100."""
    return rf"regexp_replace({value}, ' ([+-]\d\d)(\d\d)$', '\1:\2')"


def mapped(export: Export, **columns: str) -> dict[str, str]:
    """Return those mappings whose column is there and has values."""
    return {name: column for name, column in columns.items() if export.first(column)}


def item_of(export: Export) -> str:
    """Return what identifies an item: the SKU, and the name where a line has none."""
    return 'coalesce("Lineitem sku", "Lineitem name")' if export.first("Lineitem sku") else '"Lineitem name"'


def lines(export: Export) -> Source:
    """Return what was sold."""
    where = []
    notes = [NO_ADDRESS, "cancelled, voided and unpaid orders are left out by `where`"]
    if export.has("Refunded Amount") and not gives_back(export):
        notes.append("nothing was paid back yet, so refunds have no block; run init again when there are some")
    if export.first("Cancelled at"):
        where.append(f"{filled('Cancelled at')} is null")
    if export.first("Financial Status"):
        where.append(f"coalesce({filled('Financial Status')}, '') not in {UNPAID}")
    tax = 'avg(cast(abs(try_cast("Subtotal" as double) + coalesce(try_cast("Shipping" as double), 0)'
    tax += (
        ' - try_cast("Total" as double)) < 0.02 as integer)) filter (try_cast("Taxes" as double) > 0) >= 0.5'
    )
    return Source(
        "interactions",
        export.stem,
        export,
        recognised="Shopify orders",
        columns={
            "user_id": PERSON.format(filled("Email")),
            "item_id": item_of(export),
            "occurred_at": iso(filled("Created at")),
            "order_id": "Name",
            "quantity": "Lineitem quantity",
            "unit_price": "Lineitem price",
        }
        | mapped(export, discount_amount="Lineitem discount", coupon_code="Discount Code"),
        where=" and ".join(where),
        constants={"event_type": "purchase", "channel": "web"},
        currency=export.first("Currency") or "",
        measured={"amounts_include_tax": tax} if export.has("Subtotal", "Shipping", "Taxes", "Total") else {},
        notes=notes,
    )


def orders(export: Export) -> Source | None:
    """Return the orders: what was taken off, charged and asked for in all."""
    if not export.first("Total"):
        return None
    columns = {"order_id": "Name", "user_id": PERSON.format('"Email"'), "ordered_at": iso('"Created at"')}
    columns |= mapped(
        export,
        order_discount_amount="Discount Amount",
        shipping_amount="Shipping",
        order_total_amount="Total",
        status="Financial Status",
    )
    return Source(
        "orders",
        f"{export.stem}_orders",
        export,
        columns,
        recognised="Shopify orders",
        key=["Name"],
        where='"Total" is not null',
        notes=["the first row of each order holds what belongs to the whole"],
    )


def gives_back(export: Export) -> bool:
    """Whether anything was ever paid back."""
    return bool(export.first("Refunded Amount")) and export.holds(f"{export.number('Refunded Amount')} > 0")


def refunds(export: Export) -> Source | None:
    """Return what was paid back: known per order only."""
    if not gives_back(export):
        return None
    where = '"Refunded Amount" > 0' + (' and "Cancelled at" is null' if export.first("Cancelled at") else "")
    return Source(
        "interactions",
        f"{export.stem}_refunds",
        export,
        recognised="Shopify orders",
        where=where,
        key=["Name"],
        columns={
            "user_id": PERSON.format('"Email"'),
            "occurred_at": iso('"Created at"'),
            "order_id": "Name",
            "original_order_id": "Name",
            "line_amount": "Refunded Amount",
        },
        constants={"event_type": "refund", "channel": "web"},
        notes=["Shopify says what was paid back per order, not per item nor when: it is dated as the order"],
    )


def items(export: Export) -> Source:
    """Return the items that the lines name; a product export is better."""
    brand = ',\n    mode("Vendor" order by "Vendor") as brand' if export.first("Vendor") else ""
    return Source(
        "items",
        f"{export.stem}_items",
        export,
        recognised="Shopify orders",
        columns={"item_id": "item_id", "name": "name"} | ({"brand": "brand"} if brand else {}),
        query=f"""select
    {item_of(export)} as item_id,
    mode("Lineitem name" order by "Lineitem name") as name{brand}
from {{source}}
group by all""",
    )


def customers(export: Export) -> list[Source]:
    """Return users with their e-mail and what they said to marketing by e-mail."""
    person, make = (
        PERSON.format('"Email"'),
        {"recognised": "Shopify customers", "where": '"Email" is not null'},
    )
    found = [
        Source(
            "users",
            export.stem,
            export,
            {"user_id": person},
            contact={"email": "Email"},
            key=["Email"],
            notes=[NO_ADDRESS],
            **make,
        )
    ]
    accepts = export.first("Accepts Email Marketing", "Accepts Marketing")
    if accepts:
        found.append(
            Source(
                "consents",
                f"{export.stem}_consents",
                export,
                {"user_id": person, "is_granted": accepts},
                constants={"purpose": "marketing", "channel": "email"},
                **make,
            )
        )
    return found


def products(export: Export) -> Source:
    """Return one item per variant, with its product's words."""
    wide = {"name": "Title", "category": "Type", "brand": "Vendor", "tags": "Tags", "text": "Body (HTML)"}
    columns = {name: filled(column, "Handle") for name, column in mapped(export, **wide).items()}
    columns |= mapped(
        export, list_price="Variant Price", unit_cost="Cost per item", stock_count="Variant Inventory Qty"
    )
    return Source(
        "items",
        export.stem,
        export,
        {"item_id": "Variant SKU", **columns, "parent_item_id": "Handle"},
        where='"Variant SKU" is not null',
        key=["Variant SKU"],
        recognised="Shopify products",
    )
