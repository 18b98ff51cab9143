"""The texts of scripts in one language, as Django's catalogue for scripts (static/js/texts.js)."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import conditional_page, require_safe
from django.views.i18n import JavaScriptCatalog

_catalogue = JavaScriptCatalog.as_view(packages=["interviewdata"])


@require_safe
@cache_control(public=True, max_age=300)
@conditional_page
def texts_of_scripts(request: HttpRequest, language: str) -> HttpResponseBase:
    """`texts/<language>.js`: everybody's, the same for all. No statement."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        return _catalogue(request)
