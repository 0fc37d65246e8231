"""The Complete Journey (84.51): transactions of grocery households; its other files name things plainly."""

from recsys.init.model import Export, Source


def recognise(export: Export) -> list[Source] | None:
    """``sales_value`` is what was paid after the shop's discounts, so these are added back first."""
    if not export.has(
        "household_id", "basket_id", "product_id", "sales_value", "retail_disc", "coupon_match_disc"
    ):
        return None
    columns = {
        "user_id": "household_id",
        "item_id": "product_id",
        "order_id": "basket_id",
        "occurred_at": export.first("transaction_timestamp") or "",
        "quantity": "quantity",
        "line_amount": "sales_value + retail_disc + coupon_match_disc",
        "discount_amount": "retail_disc + coupon_match_disc",
        "shop_id": "store_id",
        "coupon_code": "case when coupon_disc + coupon_match_disc > 0 then 'coupon' end" if export.has("coupon_disc") else "",
    }
    columns = {name: value for name, value in columns.items() if value}
    return [
        Source(
            "interactions",
            export.stem,
            export,
            columns,
            recognised="Complete Journey",
            constants={"event_type": "purchase"},
            settings={"currency": "USD", "timezone": "America/New_York"},
            notes=["coupon_disc is paid to the shop by manufacturers and no discount of its own"],
        )
    ]
