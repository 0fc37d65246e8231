"""What to do about each of the handmade people next, reckoned a second time in plain Python.

It goes on from handmade_segments.py and handmade_recommendations.py. Nobody of them has consented to anything, so all that
is left to say is why nobody is written to, and who would hear what.
"""

import hashlib

from handmade_reckoning import USERS, user_profiles
from handmade_recommendations import recommendations
from handmade_segments import MONEY, PARTS, outlook, strategies, user_segments

CHANNELS = ("app", "email", "phone", "post", "sms", "store")
URGENT = {
    "Lapsing big spender": 1, "Can't Lose Them": 2, "Seasonal": 3, "Newly won customer": 4, "At Risk": 5, "At risk by rhythm": 6,
    "Won back": 7, "One-time buyer": 8, "rules": 10, "rfm": 20, "Coupon lover": 30, "Bargain hunter": 30, "Category devotee": 30,
    "Weekend shopper": 30, "Multi-channel customer": 30, "lifecycle": 40, "clusters": 50,
}


def lot(user: str) -> float:
    return int(hashlib.md5(f"42\x1f{user}\x1f".encode()).hexdigest()[:13], 16) / 16**13


def control_group():
    for user in sorted(USERS):
        yield {"user_id": user, "is_control": lot(user) < 0.05, "lot_place": lot(user), "run_id": 1}


def segment_channels():
    inside = {(row["segmentation"], row["segment"]) for row in user_segments()}
    for (segmentation, segment), strategy in strategies().items():
        tried = strategy["contact"].split(", ")
        for channel in CHANNELS:
            yield {
                "segmentation": segmentation, "segment": segment, "contact_channel": channel,
                "strategy_place": tried.index(channel) + 1 if channel in tried else None, "channel_permitted_count": 0,
                "channel_reachable_count": 0, "channel_reachable_share": 0.0 if (segmentation, segment) in inside else None,
            }


def next_best_action():
    profiles = {row["user_id"]: row for row in user_profiles()}
    offers = {row["user_id"]: row for row in recommendations() if row["rank"] == 1}  # nothing is due: there is one list
    for user in sorted(USERS):
        mine = [row for row in user_segments() if row["user_id"] == user]
        key = min(mine, default=None, key=lambda row: (URGENT.get(row["segment"], URGENT[row["segmentation"]]), row["segmentation"], row["segment"]))
        held = "control group" if lot(user) < 0.05 else "no consent" if key else "in no segment"
        told = strategies()[key["segmentation"], key["segment"]] if key else dict.fromkeys(PARTS)
        others = outlook([row["user_id"] for row in user_segments() if key and row["segment"] == key["segment"]])
        stage = [row["segment"] for row in mine if row["segmentation"] == "lifecycle"]
        hour = profiles[user]["preferred_hour"]
        yield {
            "user_id": user, "household_id": None, "is_contacted": False, "held_back_because": held,
            "segmentation": key and key["segmentation"], "segment": key and key["segment"], "lifecycle": stage[0] if stage else None,
            "next_365_days_amount": MONEY.get(user, 0), "churn_probability": None, "contact_channel": None, "channel_place": None,
            "contact_weekday": profiles[user]["preferred_weekday"] or others["usual_weekday"],
            "contact_hour": others["usual_hour"] if hour is None else hour,
            **{name: offers[user][name] for name in ("item_id", "item_name", "list", "reason")},
            **{f"strategy_{part}": told[part] for part in ("objective", "offer", "message")},
            "other_rules": "; ".join(sorted(row["segment"] for row in mine if row["segmentation"] == "rules" and row is not key)) or None,
            "is_control": lot(user) < 0.05,
        }
