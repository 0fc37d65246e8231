"""UCI Online Retail and Online Retail II, also as found on Kaggle."""

from recsys.init.model import Export, Source, ident


def recognise(export: Export) -> list[Source] | None:
    """Invoices that start with C are cancellations, with A bookkeeping; codes without digits are no goods."""
    if not export.has("StockCode", "Description", "Quantity", "InvoiceDate"):
        return None
    invoice = export.first("InvoiceNo", "Invoice")
    price = export.first("UnitPrice", "Price")
    user = export.first("Customer ID", "CustomerID")
    if not (invoice and price):
        return None
    lines = Source(
        "interactions",
        export.stem,
        export,
        recognised="UCI Online Retail",
        columns={
            "item_id": "StockCode",
            "occurred_at": "InvoiceDate",
            "order_id": invoice,
            "quantity": "Quantity",
            "unit_price": price,
            "event_type": f"case when {invoice} like 'C%' then 'refund' else 'purchase' end",
        },
        where=f"not ({invoice} like 'A%') and not (Quantity < 0 and {price} = 0)",
        notes=["`where` leaves out bad-debt bookings (A...) and stock written off at no price"],
        settings={"currency": "GBP", "timezone": "Europe/London"},
    )
    items = Source(
        "items",
        f"{export.stem}_items",
        export,
        recognised="UCI Online Retail",
        columns={
            "item_id": "StockCode",
            "name": "Description",
            "is_recommendable": "regexp_matches(StockCode, '^[0-9]{5}')",
        },
        query=f"""select StockCode, mode(Description order by Description) as Description
from {{source}}
where try_cast({ident(price)} as double) > 0
group by StockCode""",
        notes=[
            "the usual description of each code; POST, M, BANK CHARGES and the like are never recommended"
        ],
    )
    found = [lines, items]
    if user:
        lines.columns = {"user_id": user, **lines.columns}
        if export.has("Country"):
            found.append(
                Source(
                    "users",
                    f"{export.stem}_users",
                    export,
                    recognised="UCI Online Retail",
                    columns={"user_id": user, "country": "Country"},
                    query=f"""select {ident(user)}, mode(Country order by Country) as Country
from {{source}}
where {ident(user)} is not null
group by {ident(user)}""",
                )
            )
    return found
