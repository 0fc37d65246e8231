"""Leaves out the lines of orders that were never paid for, where only the order export tells their status."""

from recsys.init.joins import overlap
from recsys.init.layouts.magento import NOT_SOLD
from recsys.init.load import NATIVE
from recsys.init.model import Source, ident, literal

STATUS = "order_status"
QUERY = """select lines.*, orders.{status}
from {{source}} as lines
left join (
    select cast({number} as varchar) as order_number, {newest} as {status}
    from {{orders}}
    group by 1
) as orders
    on cast(lines.{order_id} as varchar) = orders.order_number"""


def take_statuses(sources: list[Source]) -> None:
    """Join Magento's order items to the orders' status; what cannot be joined is said in ``doubts``."""
    orders = [each for each in sources if each.kind == "orders" and each.recognised.startswith("Magento")]
    orders = [each for each in orders if each.columns.get("status") and fits_a_query(each)]
    for line in sources:
        is_sale = line.kind == "interactions" and line.constants.get("event_type") == "purchase"
        if line.recognised != "Magento order items" or not is_sale or line.export.first("status", STATUS):
            continue
        known = {at: share_known(line, each) for at, each in enumerate(orders)}
        best = max(known, key=known.get, default=None)
        if best is None or known[best] < 0.5 or not fits_a_query(line):
            line.doubts.append(
                f"{line.export.label}: no file tells the status of these orders, so that orders never paid for "
                "(pending_payment, fraud, holded) count as revenue. Export sales_order with status too, with the "
                "same order numbers, in UTF-8; or leave them out by `where`."
            )
        else:
            join(line, orders[best])


def fits_a_query(source: Source) -> bool:
    """Whether SQL can read the export by itself."""
    return source.export.format.get("encoding", "utf-8") in NATIVE


def share_known(line: Source, order: Source) -> float:
    """Return the share of the lines' orders that the orders know."""
    mine = line.columns.get("order_id")
    return overlap(line.export, mine, order.export, order.columns["order_id"]) if mine else 0.0


def is_sold(status: str) -> str:
    """Return whether an order counts, in SQL: by its code, or by the grid's label of it."""
    return f"lower(replace(coalesce({status}, ''), ' ', '_')) not in ({', '.join(map(literal, NOT_SOLD))})"


def join(line: Source, order: Source) -> None:
    """Make the lines a query that has the status of their order, and leave out by it."""
    status = ident(order.columns["status"])
    newest = order.export.first("updated_at") or is_sold(status)  # a status without time: the one after payment
    line.query = QUERY.format(
        status=STATUS,
        number=ident(order.columns["order_id"]),
        newest=f"arg_max({status}, {newest})",
        order_id=ident(line.columns["order_id"]),
    )
    line.joined = {"orders": order.export}
    line.where = " and ".join(filter(None, [line.where, is_sold(STATUS)]))
    values = order.export.columns[order.columns["status"]].values
    line.notes.append(
        f"`where` leaves out orders never paid for, by {order.columns['status']} of {order.export.label}; it knows: "
        + ", ".join(values)[:200]
    )
