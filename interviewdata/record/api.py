"""The record over the API: session data, export, sound. HOT: session_data."""

from __future__ import annotations

import re
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from analytics.visibility import is_blind
from interviewdata.common.errors import Invalid
from interviewdata.common.wire.replies import json_bytes_reply
from interviewdata.record.document import (
    Record,
    export_document,
    read_granted_record,
    read_record,
    session_data,
)
from interviewdata.record.schema import describe_record
from sessions.access import RECORD_PERMISSIONS, grant_of, may_read
from sessions.api.base import InterviewViewSet

FORMATS = ("json",)


def download(content: bytes, file_name: str) -> HttpResponse:
    """A JSON file to keep. The name is made safe for the header: ids come from imports as well."""
    reply = json_bytes_reply(content)
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", file_name)
    reply["Content-Disposition"] = (
        f"attachment; filename=\"{safe}\"; filename*=UTF-8''{quote(file_name, safe='')}"
    )
    return reply


@describe_record
class RecordViewSet(InterviewViewSet):
    def session_data(self, request: HttpRequest, session_id: str) -> HttpResponseBase:
        revisions = request.GET.get("revisions", "current")
        if revisions not in ("current", "all"):
            raise Invalid.field("revisions", "Send `all`, or leave it out.")
        record = self._read(session_id, "read")
        return json_bytes_reply(session_data(record, all_revisions=revisions == "all"))

    def export(self, request: HttpRequest, session_id: str) -> HttpResponseBase:
        if request.GET.get("format", "json") not in FORMATS:
            raise Invalid.field("format", f"Use one of: {', '.join(FORMATS)}.")
        record = self._read(session_id, "export")
        content = export_document(record, session_id=session_id, now=timezone.now())
        return download(content, f"interview_data_{session_id}.json")

    def _read(self, session_id: str, action: str) -> Record:
        """The record, for whoever may read it; staff and services leave their row first."""
        grant = grant_of(self.principal, session_id)
        record = read_granted_record(session_id, grant) if grant is not None else None
        if record is None:
            may_read(self.principal, session_id, RECORD_PERMISSIONS)
            record = read_record(session_id)
        reader = self.principal.signed_in
        # Also where a grant opened it: a reviewer may have begun the interview at their own desk.
        if reader is not None and record.feedbacks and is_blind(reader, session_id):
            record.hide_feedback_of_others(reader.get_username())
        self.record_access(action, "record", [session_id])
        return record
