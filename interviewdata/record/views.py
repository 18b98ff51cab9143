"""Pages for people."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is and where to go.

    Like every page it leaves a browser with its random id (PageSessionMiddleware), so that two
    interviews begun at once from here are both held.
    """
    return render(request, "home.html")
