"""Google Analytics 4, exported from BigQuery: nested (parquet, JSON) with an items array, or flattened."""

from recsys.init.model import Export, Source, ident

EVENTS = (
    "('page_view', 'view_item', 'add_to_wishlist', 'add_to_cart', 'remove_from_cart', 'begin_checkout', "
    "'purchase', 'refund')"
)
ITEM_FIELDS = ("item_id", "item_name", "item_brand", "item_category", "item_category2", "price", "quantity")


def recognise(export: Export) -> list[Source] | None:
    """Return events, items, and the link from device to user where both are known."""
    if not export.has("event_name", "event_timestamp") or not export.has("user_pseudo_id"):
        return None
    items = export.columns.get("items")
    if items and items.type.startswith("STRUCT") and items.type.endswith("[]"):
        fields = {name: f"entry.{name}" for name in ITEM_FIELDS if f"{name} " in items.type}
        nested = "items"
    elif items and any(value.startswith("[{") for value in items.values):
        fields = {name: f"entry.{name}" for name in ITEM_FIELDS}
        types = ", ".join(f'"{name}": "VARCHAR"' for name in ITEM_FIELDS)
        nested = f"from_json(items, '[{{{types}}}]')"
    else:
        nested = ""
        names = {
            name: export.first(name, f"items.{name}", f"items_{name}", f"item.{name}") for name in ITEM_FIELDS
        }
        fields = {name: column for name, column in names.items() if column}
    order = transaction(export)
    found = [events(export, nested, fields, order)]
    if "item_id" in fields and "item_name" in fields:
        found.append(items_named(export, nested, fields))
    if export.first("user_id"):
        found.append(
            Source(
                "identities",
                f"{export.stem}_devices",
                export,
                recognised="GA4",
                columns={"user_id": "user_id", "id_value": "user_pseudo_id"},
                constants={"id_type": "ga4_device"},
                query="select distinct user_id, user_pseudo_id\nfrom {source}\n"
                "where user_id is not null and user_pseudo_id is not null",
                notes=["whoever logged in on a device: what was done there before is the same person's"],
            )
        )
    return found


def transaction(export: Export) -> str:
    """Return where the order's number stands."""
    ecommerce = export.columns.get("ecommerce")
    if ecommerce and "transaction_id " in ecommerce.type:
        return "ecommerce.transaction_id"
    flat = export.first("transaction_id", "ecommerce.transaction_id", "ecommerce_transaction_id")
    return ident(flat) if flat else ""


def rows(nested: str) -> str:
    """Return the from clause: one row per event and item; events without items keep their row."""
    return (
        f"from {{source}} as event\nleft join unnest({nested}) as line(entry) on true"
        if nested
        else "from {source}"
    )


def events(export: Export, nested: str, fields: dict[str, str], order: str) -> Source:
    """Return the events that say something about a user and an item."""
    columns = {"user_id": "user_pseudo_id"}
    if export.first("user_id"):
        columns = {
            "user_id": "coalesce(user_id, user_pseudo_id)",
            "id_type": "case when user_id is null then 'ga4_device' end",
        }
    columns |= {"event_type": "event_name", "occurred_at": "event_timestamp"}
    if nested:
        picks = [
            f"{value} as {name}" for name, value in fields.items() if name in ("item_id", "price", "quantity")
        ]
        if order:
            picks.append(f"{order} as transaction_id")
        user = ["user_id"] if export.first("user_id") else []
        listed = ",\n    ".join(["event_name", "event_timestamp", "user_pseudo_id", *user, *picks])
        query = f"select\n    {listed}\n{rows(nested)}"
        fields = {name: name for name in fields}
        order = "transaction_id" if order else ""
    else:
        query = ""
    if "item_id" in fields:
        columns["item_id"] = fields["item_id"]
    if order:
        columns["order_id"] = order.strip('"')
    sold = "event_name in ('purchase', 'refund')"
    for canonical, name in [("quantity", "quantity"), ("unit_price", "price")]:
        if name in fields:
            columns[canonical] = f"case when {sold} then {ident(fields[name])} end"
    return Source(
        "interactions",
        export.stem,
        export,
        columns,
        query=query,
        recognised="GA4",
        constants={"channel": "web"},
        where=f"event_name in {EVENTS}",
        notes=[
            "sessions, scrolls and list impressions are left out by `where`",
            "prices and quantities count where something was sold",
        ],
    )


def items_named(export: Export, nested: str, fields: dict[str, str]) -> Source:
    """Return the items that the events name; a product export is better."""
    wanted = {
        "item_name": "name",
        "item_brand": "brand",
        "item_category": "category",
        "item_category2": "subcategory",
    }
    code = {name: value if nested else ident(value) for name, value in fields.items()}
    picks = [f"mode({code[name]} order by {code[name]}) as {wanted[name]}" for name in wanted if name in code]
    listed = ",\n    ".join([f"{code['item_id']} as item_id", *picks])
    source = rows(nested).replace("left join", "inner join")
    query = f"select\n    {listed}\n{source}\nwhere {code['item_id']} is not null\ngroup by all"
    columns = {"item_id": "item_id"} | {wanted[name]: wanted[name] for name in wanted if name in code}
    return Source("items", f"{export.stem}_items", export, columns, query=query, recognised="GA4")
