"""Magento (Adobe Commerce): sales_order_item and sales_order, joined exports of them, the order grid."""

from recsys.init.model import Export, Source

#: the last two are labels of the order grid
NOT_SOLD = (
    "canceled",
    "closed_fraud",
    "fraud",
    "holded",
    "pending_payment",
    "payment_review",
    "on_hold",
    "suspected_fraud",
)


def recognise(export: Export) -> list[Source] | None:
    """Return the lines (and refunds) of an item export, or the orders of an order export."""
    if export.has("sku", "qty_ordered") and export.first("order_id", "increment_id"):
        return [each for each in (lines(export), refunds(export), items(export)) if each]
    if export.has("increment_id", "grand_total", "status"):
        return [orders(export)]
    if export.has("ID", "Purchase Date", "Status") and export.first(
        "Grand Total (Base)", "Grand Total (Purchased)"
    ):
        return [grid(export)]
    return None


def mapped(export: Export, **columns: tuple[str, ...]) -> dict[str, str]:
    """Return each mapping with the first of its columns that has values."""
    found = {name: export.first(*choices) for name, choices in columns.items()}
    return {name: column for name, column in found.items() if column}


def person(export: Export) -> dict[str, str]:
    """Return who bought: the customer's number, else the md5 of the e-mail, which guests have too."""
    number, mail = export.first("customer_id"), export.first("customer_email")
    if number and export.columns[number].filled > 0.5 or not mail:
        return {"user_id": number} if number else {}
    return {"user_id": f"md5(lower(trim({mail})))"}


def once(export: Export) -> tuple[str, str]:
    """Return (filter, why) by which a configurable product and its simple child count once."""
    if export.has("parent_item_id"):
        return "parent_item_id is null", "children of configurables and bundles repeat their parent's line"
    if export.has("product_type") and export.first("price", "base_price"):
        unit = export.first("order_id", "increment_id")
        price = export.first("price", "base_price")
        child = f"product_type = 'simple' and {price} = 0"
        # first_value, as DuckDB 1.5 cannot run aggregates over a whole partition of a CSV file
        parent = "first_value(case when product_type = 'configurable' then sku end ignore nulls)"
        parent += f" over (partition by {unit}, sku)"
        return (
            f"not ({child} and {parent} is not null)",
            "the simple child of a configurable product repeats its line at no price",
        )
    return "", ""


def lines(export: Export) -> Source:
    """Return what was ordered, less what was cancelled."""
    columns = person(export) | {"item_id": "sku"}
    columns |= mapped(export, occurred_at=("created_at",), order_id=("order_id", "increment_id"))
    columns["quantity"] = "qty_ordered"
    cancelled = export.first("qty_canceled")
    if cancelled:
        full = export.columns[cancelled].filled == 1
        cancelled = cancelled if full else "coalesce(try_cast(qty_canceled as double), 0)"
        columns["quantity"] = f"qty_ordered - {cancelled}"
    columns |= mapped(
        export,
        unit_price=("base_price", "price"),
        discount_amount=("base_discount_amount", "discount_amount"),
        tax_amount=("base_tax_amount", "tax_amount"),
        shop_id=("store_id",),
    )
    where, why = once(export)
    filters, notes = [where] if where else [], [why] if why else []
    if cancelled:
        filters.append(f"qty_ordered - {cancelled} > 0")
    status = export.first("status", "order_status")
    lost = [value for value in NOT_SOLD if status and value in export.columns[status].values]
    if lost:
        filters.append(f"coalesce({status}, '') not in ({', '.join(map(repr, lost))})")
    key = ["item_id"] if export.first("item_id") else []
    if export.has("qty_refunded") and not gives_back(export):
        notes.append("qty_refunded is 0 everywhere, so refunds have no block; run init again when there are some")
    if not columns.get("user_id"):
        notes.append("names no customer: the order export says who bought, through order_id")
    return Source(
        "interactions",
        export.stem,
        export,
        columns,
        where=" and ".join(filters),
        key=key,
        notes=notes,
        constants={"event_type": "purchase", "channel": "web"},
        recognised="Magento order items",
        settings={"amounts_include_tax": False},
    )


def gives_back(export: Export) -> bool:
    """Whether anything was ever refunded."""
    return bool(export.first("qty_refunded")) and export.holds(f"{export.number('qty_refunded')} > 0")


def refunds(export: Export) -> Source | None:
    """Return what came back, dated by the line's last change where that is known."""
    if not gives_back(export):
        return None
    columns = person(export) | {"item_id": "sku", "quantity": "qty_refunded"}
    columns |= mapped(export, occurred_at=("updated_at", "created_at"), order_id=("order_id", "increment_id"))
    columns |= mapped(export, original_order_id=("order_id", "increment_id"))
    columns |= mapped(export, unit_price=("base_price", "price"))
    where, _ = once(export)
    return Source(
        "interactions",
        f"{export.stem}_refunds",
        export,
        columns,
        recognised="Magento order items",
        where=" and ".join([*([where] if where else []), "qty_refunded > 0"]),
        key=["item_id"] if export.first("item_id") else [],
        constants={"event_type": "refund", "channel": "web"},
    )


def items(export: Export) -> Source | None:
    """Return the items that the lines name; a product export is better."""
    if not export.first("name"):
        return None
    return Source(
        "items",
        f"{export.stem}_items",
        export,
        {"item_id": "sku", "name": "name"},
        recognised="Magento order items",
        query="select sku, mode(name order by name) as name\n"
        "from {source}\nwhere sku is not null\ngroup by sku",
    )


def orders(export: Export) -> Source:
    """Return the orders. Lines name them by entity_id in the database, by increment_id in exports."""
    columns = {"order_id": export.first("entity_id", "increment_id"), **person(export)}
    columns |= mapped(
        export,
        ordered_at=("created_at",),
        shipping_amount=("base_shipping_amount", "shipping_amount"),
        order_total_amount=("base_grand_total", "grand_total"),
        status=("status",),
        shop_id=("store_id",),
    )
    candidates = {"order_id": [name for name in ("entity_id", "increment_id") if export.first(name)]}
    return Source(
        "orders",
        export.stem,
        export,
        columns,
        candidates=candidates,
        key=[columns["order_id"]],
        recognised="Magento orders",
        notes=["discount_amount sums up the lines' discounts, so it is not mapped"],
    )


def grid(export: Export) -> Source:
    """Return the orders of the admin grid's export."""
    columns = {"order_id": "ID"}
    mail = export.first("Customer Email")
    if mail:
        columns["user_id"] = f'md5(lower(trim("{mail}")))'
    columns |= mapped(
        export,
        ordered_at=("Purchase Date",),
        shipping_amount=("Shipping and Handling",),
        order_total_amount=("Grand Total (Base)", "Grand Total (Purchased)"),
        status=("Status",),
    )
    return Source("orders", export.stem, export, columns, key=["ID"], recognised="Magento order grid")
