"""Tickets: what opens a stream at the event process for whoever may read it here.

The pages' cookies stay with this server; the event process may stand at another address, and
other addresses get bearer access only. So this server, having asked for access, hands out a ticket
for one stream that has to be used within a minute. What it opens ends after STREAM_SECONDS, and is
asked for anew with the credentials of that time.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core import signing

OPENS_WITHIN_SECONDS = 60
STREAM_SECONDS = 300
PREFIX = "stream_"
_signer = signing.TimestampSigner(salt="interviewdata.stream_ticket")
ALL = "*"


@dataclass(frozen=True)
class Ticket:
    """For the events of one interview, or of all (`session_id` ALL)."""

    session_id: str


def issue(session_id: str) -> str:
    return PREFIX + _signer.sign_object({"s": session_id})


def read(authorization: str) -> Ticket | None:
    """The ticket in an Authorization header; None where there is none that is good."""
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token.startswith(PREFIX) or len(token) > 600:
        return None
    try:
        content = _signer.unsign_object(token.removeprefix(PREFIX), max_age=OPENS_WITHIN_SECONDS)
        return Ticket(content["s"])
    except (signing.BadSignature, KeyError, TypeError):
        return None
