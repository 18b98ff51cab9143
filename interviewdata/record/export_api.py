"""Everything of one person in one file: `/api/export/preview` and `/api/export/data`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
from django.db import models
from django.db.models import Sum
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone

from analytics.api.views import stats_on_the_wire
from analytics.visibility import visible_feedback
from interviewdata.common.rowjson import RowJSON
from interviewdata.common.wire.body import read_object
from interviewdata.common.wire.replies import success
from interviewdata.record.document import FORMAT_VERSION
from interviewdata.record.inputs import DATA_TYPES, FORMATS, TABLES, ExportInput, PreviewInput
from interviewdata.record.schema import describe_person_export
from sessions.access import RECORD_PERMISSIONS, require
from sessions.api.base import InterviewViewSet
from sessions.api.person import readable_sessions

PERMISSIONS = (*RECORD_PERMISSIONS, "analytics.view_dashboardstats")


def _rows(name: str, email: str, sessions: list[str] | None, reader: Any) -> models.QuerySet[Any]:
    """The rows of one table that belong to a person, oldest first; of feedback what `reader`, the
    signed-in user if there is one, may see."""
    model = TABLES[name]
    own = {"user_email": email} if name == "sessions" else {"session__user_email": email}
    rows: models.QuerySet[Any] = model._default_manager.filter(**own)
    if sessions is not None:
        rows = rows.filter(session_id__in=sessions)
    if name == "feedback":
        rows = rows.filter(draft=None)  # what a model drafted is no feedback that anybody gave
        if reader is not None:
            rows = visible_feedback(reader, rows)
    return rows.order_by("id")


@describe_person_export
class PersonExportViewSet(InterviewViewSet):
    keyed_in_transaction = False  # a read that happens to be a POST

    def preview(self, request: HttpRequest) -> HttpResponseBase:
        data = PreviewInput.read({"email": request.GET.get("email", "")})
        email = data["email"]
        sessions = readable_sessions(self.principal, PERMISSIONS)
        reader = self.principal.signed_in
        counts = {name: _rows(name, email, sessions, reader).count() for name in TABLES}
        answers = _rows("responses", email, sessions, reader)
        sound = answers.aggregate(bytes=Sum("audio_bytes"))
        text = answers.aggregate(n=Sum(Length("user_answer")))
        self.record_access("read", "export preview", [], detail=email)
        return success(
            email=email,
            counts=counts,
            sizes={"audioBytes": sound["bytes"] or 0, "answerCharacters": text["n"] or 0},
            dataTypes=DATA_TYPES,
            formats=FORMATS,
        )

    def data(self, request: HttpRequest) -> HttpResponseBase:
        data = ExportInput.read(read_object(request))
        # Asked by POST, but nothing is written; a staff cookie still opens nothing here.
        if self.principal.service is not None:
            require(self.principal, PERMISSIONS)
        sessions = readable_sessions(self.principal, PERMISSIONS, writing=True)
        self.record_access("export", "person", [], detail=data["email"])
        return person_file(data["email"], data["data_types"], sessions, self.principal.signed_in)


def person_file(
    email: str, names: list[str], sessions: list[str] | None, reader: Any
) -> StreamingHttpResponse:
    """A person's rows of the tables `names` as a download: of `sessions` alone, or of all where
    that is None; of scores what `reader`, the signed-in user if there is one, may know."""
    reply = StreamingHttpResponse(
        _document(email, names, sessions, reader),
        content_type="application/json",
        headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"},
    )
    reply["Content-Disposition"] = 'attachment; filename="interview_data.json"'
    return reply


def _document(
    email: str, names: list[str], sessions: list[str] | None, reader: Any
) -> Iterator[bytes]:
    """The person's rows by table, a row a line, streamed."""
    info = {"exported_at": timezone.now(), "format_version": FORMAT_VERSION, "email": email}
    yield b'{"export_info":' + orjson.dumps(info, option=orjson.OPT_UTC_Z)
    for name in names:
        yield b',\n"' + name.encode() + b'":'
        if name == "stats":
            yield orjson.dumps(stats_on_the_wire(email, sessions, reader=reader))
            continue
        rows = _rows(name, email, sessions, reader).values_list(RowJSON(TABLES[name]), flat=True)
        separator = b"[\n"
        for row in rows.iterator(chunk_size=500):
            yield separator + row.encode()
            separator = b",\n"
        yield b"[]" if separator == b"[\n" else b"\n]"
    yield b"}\n"
