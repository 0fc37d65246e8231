"""The guess for exports of no known layout: the kind and the mappings, from names, types and values."""

from recsys.init import words
from recsys.init.amounts import add_amounts, numeric
from recsys.init.events import add_events, add_status
from recsys.init.find import IDS, fits, gives_back, inside, named, original_orders
from recsys.init.model import Export, Source, ident
from recsys.init.names import file_kind, is_unique, plain, ranked

#: canonical columns by kind, in the order in which they choose among the columns; what they hold
COLUMNS = {
    "interactions": """user_id item_id order_id line_no:number occurred_at:time quantity:number rating:number
        event_type coupon_code channel shop_id id_type original_order_id""",
    "orders": """order_id user_id ordered_at:time order_total_amount:number order_discount_amount:number
        shipping_amount:number status coupon_code channel shop_id""",
    "items": """item_id parent_item_id name category subcategory brand tags text list_price:number
        unit_cost:number stock_count:number is_recommendable available_from:time available_to:time""",
    "users": "user_id household_id is_excluded first_seen_at:time acquisition_channel",
    "identities": "id_type id_value user_id",
    "consents": "user_id purpose channel is_granted changed_at:time source expires_on:time",
}
#: what a column called just "id" means, by kind
OWN_ID = {"items": "item_id", "users": "user_id", "orders": "order_id"}
ATTRIBUTE_VALUES = 60


def kind_of(export: Export) -> str | None:
    """Return the kind of input, or None when nothing speaks for any."""
    has = {name: next(iter(named(export, name)), None) for name in words.NAMES}
    has |= {name: inside(export, name) for name in IDS if not has[name]}
    hint = file_kind(export, words.FILE_WORDS)
    if has["id_type"] and has["id_value"]:
        return "identities"
    if has["user_id"] and has["is_granted"] and (has["purpose"] or hint == "consents"):
        return "consents"
    if ranked(export, words.CAMPAIGN):
        return None
    user, item, order = has["user_id"], has["item_id"], has["order_id"]
    about_money = has["refund_amount"] or has["line_amount"] or has["order_total_amount"]
    if (order or has["original_order_id"]) and gives_back(export) and (item or about_money):
        return "interactions"
    own_id = ranked(export, ["id"])
    # A list of items may name a supplier's order number, but then each item stands there once.
    is_list = item and is_unique(export, item) and has["name"] and not user and not has["quantity"]
    if item and (order or user and hint != "items") and item != user and not is_list:
        return "interactions"
    if (
        order
        and is_unique(export, order)
        and not item
        and (user or has["ordered_at"] or has["order_total_amount"])
    ):
        return "orders"
    if hint in OWN_ID and own_id and is_unique(export, own_id[0]):
        return hint
    if item and is_unique(export, item) and not user:
        return "items"
    if user and is_unique(export, user) and not order and not has["event_type"]:
        return "users"
    if user and (has["event_type"] or order or has["rating"]) and has["occurred_at"]:
        return "interactions"
    mail = ranked(export, words.CONTACT["email"])
    if mail and is_unique(export, mail[0]) and not item and not order:
        return "users"
    return hint if hint in ("items", "users") and {"items": item, "users": user}[hint] else None


def guess(export: Export) -> Source | None:
    """Return the guessed source of an export, or None when it is none of the known inputs."""
    kind = kind_of(export)
    if kind is None:
        return None
    source = Source(kind, export.stem, export)
    refund = kind == "interactions" and gives_back(export)
    originals = original_orders(export) if refund else []
    if originals:
        source.columns["original_order_id"] = originals[0]
    for entry in COLUMNS[kind].split():
        canonical, _, holds = entry.partition(":")
        if canonical in source.columns:
            continue
        own = ["id"] if OWN_ID.get(kind) == canonical else []
        found = [name for name in named(export, canonical, own) if fits(export.columns[name], holds)]
        if refund and canonical == "occurred_at":
            returned = ranked(export, words.NAMES["refund_time"])
            found = [name for name in returned if export.columns[name].date] + found
        free = [name for name in found if name not in source.columns.values()]
        if free:
            source.columns[canonical] = free[0]
        elif canonical in IDS and (field := inside(export, canonical)):
            source.columns[canonical], source.why[canonical] = field, "a field of the record"
        if canonical in IDS:
            source.candidates[canonical] = found
            if own and len(free) > 1 and not is_unique(export, free[0]):
                source.columns[canonical] = next((name for name in free if is_unique(export, name)), free[0])
    source.currency = next(iter(ranked(export, words.NAMES["currency"])), "")
    finish = {
        "interactions": finish_interactions,
        "orders": add_status,
        "items": finish_items,
        "users": finish_users,
    }
    if kind in finish:
        finish[kind](source)
    if kind == "consents":
        missing = {"purpose": "marketing", "channel": "email"}
        source.constants = {name: value for name, value in missing.items() if name not in source.columns}
    mail = ranked(export, words.CONTACT["email"])
    if "user_id" not in source.columns and mail and kind in ("interactions", "orders", "users", "consents"):
        source.columns = {"user_id": f"md5(lower(trim({ident(mail[0])})))", **source.columns}
        source.notes.append(
            "people are known by e-mail only: the id is its md5, so that no address is published"
        )
    required = {"items": "item_id", "users": "user_id", "orders": "order_id", "identities": "id_value"}.get(
        kind
    )
    return source if required is None or required in source.columns else None


def finish_interactions(source: Source) -> None:
    """Add what takes more than a name: amounts, events, statuses, keys."""
    refund = gives_back(source.export)
    returned = numeric(source.export, "refund_amount") if refund else []
    returned = [name for name in returned if name not in source.columns.values()]
    if returned:
        source.columns["line_amount"] = returned[0]
    else:
        add_amounts(source)
    if refund and not {"line_amount", "unit_price"} & set(source.columns):
        totals = numeric(source.export, "order_total_amount")
        source.columns |= {"line_amount": totals[0]} if totals else {}
    add_events(source, "refund" if refund else file_kind(source.export, words.FILE_EVENTS))
    add_status(source)


def finish_items(source: Source) -> None:
    """The coarsest of the category columns is the category, the next the subcategory."""
    columns, export = source.columns, source.export
    levels = {*ranked(export, words.NAMES["category"]), *ranked(export, words.NAMES["subcategory"])}
    levels -= {value for name, value in columns.items() if name not in ("category", "subcategory")}
    ordered = sorted(levels, key=lambda name: (export.columns[name].distinct, name))
    columns.update(zip(("category", "subcategory"), ordered, strict=False))


def finish_users(source: Source) -> None:
    """Columns with few values become attributes, contact data stays apart, personal data is not mapped."""
    export, columns = source.export, source.columns
    for canonical, names in words.CONTACT.items():
        found = ranked(export, names)
        if found and found[0] not in columns.values():
            source.contact[canonical] = found[0]
    personal = {*ranked(export, words.PERSONAL), *source.contact.values()}
    for column in export.columns.values():
        few = 1 < column.distinct <= max(2, min(ATTRIBUTE_VALUES, 0.7 * export.rows))
        name = plain(column.name)
        if (
            few
            and column.name not in {*personal, *columns.values()}
            and not column.date
            and name not in columns
        ):
            columns[name if not name[:1].isdigit() else f"attribute_{name}"] = column.name
