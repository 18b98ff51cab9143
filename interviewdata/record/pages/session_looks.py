"""Who looked at one interview, the newest first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext, gettext_noop

from interviewdata.common.sql import fetch_all, from_sql_time, is_postgresql, to_sql_json

PERMISSION = "interview_sessions.view_accessrecord"
SHOWN = 20
# A player asks for a sound in parts, each a record: neighbours are told as one look.
_READ = 200
_ONE_LOOK = timedelta(minutes=30)
# What the record page fetches besides; the page's own record says it.
_WITH_THE_PAGE = "waveform"

# (action, resource) of an access record as the page says it, other resources by "".
_ACTIONS = {
    ("read", "record"): gettext_noop("read the record"),
    ("export", "record"): gettext_noop("exported the record"),
    ("listen", "audio"): gettext_noop("listened to an answer"),
    ("list", ""): gettext_noop("saw it in a list"),
    ("read", "progress"): gettext_noop("read progress"),
    ("read", "transcripts"): gettext_noop("read transcripts"),
    ("read", "review"): gettext_noop("read review"),
    ("read", "comparison"): gettext_noop("read comparison"),
    ("read", "near_copies"): gettext_noop("compared with other people’s answers"),
    ("read", "dashboard"): gettext_noop("read dashboard"),
    ("read", "person"): gettext_noop("read person"),
    ("read", "stats"): gettext_noop("read stats"),
    ("read", "history"): gettext_noop("read history"),
    ("export", "interviews"): gettext_noop("export interviews"),
}
_POSTGRESQL = f"""
SELECT at, actor, action, resource, detail FROM access_records
WHERE session_ids @> %s::jsonb AND resource <> '{_WITH_THE_PAGE}'
ORDER BY at DESC, id DESC LIMIT {_READ}
"""
# CROSS JOIN: SQLite then begins with the pairs, whatever it believes of the sizes.
_SQLITE = f"""
SELECT r.at, r.actor, r.action, r.resource, r.detail
FROM access_record_sessions AS p CROSS JOIN access_records AS r ON r.id = p.record_id
WHERE p.session_id = %s AND r.resource <> '{_WITH_THE_PAGE}'
ORDER BY p.record_id DESC LIMIT {_READ}
"""


@dataclass
class Look:
    """One look, or several alike within half an hour: the newest `at`, how many `times`."""

    at: datetime
    who: str
    what: str
    detail: str
    first: datetime
    times: int = 1


def looks_at(session_id: str) -> list[Look]:
    """The last looks of staff and services at this interview, at most 20. One statement, by an
    index (migration 0007)."""
    if is_postgresql():
        rows = fetch_all(_POSTGRESQL, [to_sql_json([session_id])])
    else:
        rows = fetch_all(_SQLITE, [session_id])
    return _told_together(rows)[:SHOWN]


def _told_together(rows: list[tuple[Any, ...]]) -> list[Look]:
    looks: list[Look] = []
    for at, actor, action, resource, detail in rows:
        moment = from_sql_time(at)
        assert moment is not None
        who, what = _who(actor), _what(action, resource)
        last = looks[-1] if looks else None
        if last and (last.who, last.what) == (who, what) and last.first - moment < _ONE_LOOK:
            last.times += 1
            last.first = moment
            last.detail = last.detail if last.detail == detail else ""
        else:
            looks.append(Look(moment, who, what, detail, moment))
    return looks


def _who(actor: str) -> str:
    kind, _, name = actor.partition(":")
    if kind == "service":
        return gettext("service %(name)s") % {"name": name}
    return name or actor


def _what(action: str, resource: str) -> str:
    known = _ACTIONS.get((action, resource)) or _ACTIONS.get((action, ""))
    return gettext(known) if known else f"{action} {resource}".strip().replace("_", " ")
