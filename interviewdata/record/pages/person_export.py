"""`/people/<email>/export/`: everything of one person as one file."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from interviewdata.common.staff_pages import actor_of, staff_page
from interviewdata.record.export_api import PERMISSIONS, person_file
from interviewdata.record.inputs import DATA_TYPES
from sessions.services.access_record import record_access


@require_safe
@staff_page(*PERMISSIONS)
def person_export(request: HttpRequest, email: str) -> HttpResponseBase:
    """The file that `/api/export/data` gives, all tables in it: that call takes no staff cookie.

    Whoever never was gets a file without rows.
    """
    user: Any = request.user
    email = email.strip().lower()
    record_access(
        actor=actor_of(request), action="export", resource="person", session_ids=[], detail=email
    )
    return person_file(email, list(DATA_TYPES), None, user)
