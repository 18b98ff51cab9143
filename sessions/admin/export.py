"""Several interviews in one ZIP: each file as the export address itself gives it."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import resolve, reverse

MOST_EXPORTED = 200


def export_zip(request: HttpRequest, session_ids: Sequence[str]) -> HttpResponse:
    """A ZIP with the export of each interview. The export's own view answers, found by its name,
    so permission, access records and bytes are those of the API. Four statements an interview."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, session_id in enumerate(session_ids, 1):
            reply = _export(request, session_id)
            if reply.status_code != 200:
                return reply
            # Ids come from imports as well: nothing of one may become a folder.
            safe = re.sub(r"[^A-Za-z0-9_-]", "_", session_id)[:100]
            archive.writestr(f"{number:03d}_interview_data_{safe}.json", reply.content)
    return HttpResponse(
        content.getvalue(),
        content_type="application/zip",
        headers={
            "Content-Disposition": 'attachment; filename="interviews.zip"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )


def _export(request: HttpRequest, session_id: str) -> HttpResponse:
    """What a GET of the export address by the same user gives."""
    path = reverse("export", args=[session_id])
    match = resolve(path)
    asked = copy.copy(request)
    asked.method = "GET"
    asked.GET = QueryDict()  # type: ignore[assignment]
    asked.path = asked.path_info = path
    reply: HttpResponse = match.func(asked, *match.args, **match.kwargs)
    return reply
