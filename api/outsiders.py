"""Who outside the office says something of the ledger, by the settings: witnesses, and a time stamp authority."""

from __future__ import annotations

from api.settings import PREFIX, Settings, SettingsRefused
from ledger.timestamping import Authority, TimestampRefused, Trust
from ledger.witness_policy import Policy, PolicyRefused


def witness_policy(settings: Settings, origin: str) -> Policy | None:
    """The witnesses of the log ``origin``, if any are set; raises SettingsRefused."""
    if settings.witness_policy is None:
        return None
    try:
        policy = Policy.parse(settings.witness_policy.read_bytes())
    except (PolicyRefused, OSError) as refused:
        raise SettingsRefused(f"{PREFIX}WITNESS_POLICY: {settings.witness_policy}: {refused}") from None
    named = sorted({log.key.name for log in policy.logs})
    if named and origin not in named:
        met = ", ".join(named)
        raise SettingsRefused(f"{PREFIX}WITNESS_POLICY: expected this log among those named, {origin}, met {met}")
    return policy


def timestamp_authority(settings: Settings) -> Authority | None:
    """The time stamp authority, if one is set; raises SettingsRefused."""
    if settings.tsa_url is None or settings.tsa_certificates is None:
        return None
    try:
        return Authority(settings.tsa_url, Trust.read(settings.tsa_certificates))
    except (TimestampRefused, OSError) as refused:
        raise SettingsRefused(f"{PREFIX}TSA_CERTIFICATES: {refused}") from None
