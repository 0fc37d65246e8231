"""Whether anybody may be contacted, and what stands in the way."""

from collections.abc import Iterator

from recsys.doctor.finding import Facts, Finding
from recsys.words import counted, percent


def contact(facts: Facts) -> Iterator[Finding]:
    """Addresses, consents, and how many users both of them reach."""
    ways = list(dict.fromkeys(name for source in facts.config.of("users") for name in source.contact))
    consents = facts.value("select count(*) from raw.consents where trouble_column is null")
    reached = facts.value("select count(distinct user_id) from campaign.reach where is_reachable")
    users = facts.value("select count(*) from profile.users where not is_excluded")
    missing = [] if ways else ["addresses under [users.contact], never published"]
    missing += _unheard(facts) if consents else ["a [[consents]] source: unknown is denied"]
    yield Finding("contact and consent", "ok" if not missing else "partly" if ways or consents else "no",
                  f"{', '.join(ways) or 'no addresses'}; {counted(consents, 'consent')}; {percent(reached, users)} of "
                  f"{counted(users, 'user')} can be contacted", "; ".join(missing))


def _unheard(facts: Facts) -> list[str]:
    """What consents say in other words than those that are asked for, so that nobody hears it."""
    purpose, channels = facts.params["campaign.contact_purpose"].lower(), facts.params["campaign.contact_channels"]
    said = facts.rows("select distinct purpose, contact_channel from staging.consents order by all")
    purposes = sorted({row["purpose"] for row in said})
    strange = sorted({row["contact_channel"] for row in said} - set(channels))
    found = [] if purpose in purposes else [f"no consent is for {purpose}, but for {', '.join(purposes)}: set campaign.contact_purpose"]
    return found + ([f"{', '.join(strange)} in no campaign.contact_channels: name them there, or what they mean under staging.contact_channel_aliases"]
                    if strange else [])
