"""The waveform of one recording, as JSON for the player of the record page."""

from __future__ import annotations

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_safe

from interviewdata.common.errors import NotFound, NotNow
from interviewdata.common.staff_pages import actor_of, staff_page
from interviewdata.common.wire.replies import failure, json_bytes_reply
from sessions.access import AUDIO_PERMISSION
from sessions.models import UserResponse
from sessions.services.access_record import record_access
from sessions.services.peaks import peaks_of

# Raised when drawings become different: browsers ask anew.
VERSION = 1
# What a digest stands for never changes; a problem may be one of today's decoders.
KEPT_SECONDS = 365 * 86_400
PROBLEM_KEPT_SECONDS = 86_400


@require_safe
@staff_page(AUDIO_PERMISSION)
def session_peaks(request: HttpRequest, session_id: str, response_id: int) -> HttpResponse:
    """{responseId, duration (s), peaks: [0–100], problem}; 503 where it cannot be drawn just now.

    Statements: login (2), response, access record, peaks. See `peaks_of` for the first time.
    """
    found = (
        UserResponse.objects.filter(pk=response_id, session__session_id=session_id)
        .exclude(audio_file_path="")
        .values_list("audio_file_path", "audio_sha256", "audio_content_type")
        .first()
    )
    if found is None:
        raise NotFound
    path, sha256, content_type = found
    record_access(
        actor=actor_of(request),
        action="read",
        resource="waveform",
        session_ids=[session_id],
        detail=f"response {response_id}",
    )
    etag = f'"{sha256}-{VERSION}-{get_language()}"'  # a problem is said in the reader's language
    reply: HttpResponse
    if _is_known(request, etag):
        reply = HttpResponse(status=304)
        kept = PROBLEM_KEPT_SECONDS  # what was said the first time is not known here
    else:
        try:
            peaks = peaks_of(path=path, sha256=sha256, content_type=content_type)
        except NotNow as error:
            return failure(error.code, error.message)
        reply = json_bytes_reply(
            orjson.dumps(
                {
                    "responseId": response_id,
                    "duration": peaks.duration,
                    "peaks": peaks.peaks,
                    "problem": gettext(peaks.problem) if peaks.problem else "",
                }
            )
        )
        kept = PROBLEM_KEPT_SECONDS if peaks.problem else KEPT_SECONDS
    reply["ETag"] = etag
    reply["Cache-Control"] = f"private, max-age={kept}"
    return reply


def _is_known(request: HttpRequest, etag: str) -> bool:
    sent = request.headers.get("If-None-Match", "")
    return bool(sent) and etag in [one.removeprefix("W/") for one in parse_etags(sent)]
