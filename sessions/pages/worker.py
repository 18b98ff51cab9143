"""The service worker of the interview: which files it keeps, and under which name."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

STATIC = Path(settings.BASE_DIR) / "static"
WORKER = "js/interview/worker.js"
# What the page links or its modules import; a test follows both.
FOLDERS = ("js/interview", "js/client", "vendor/tus")
FILES = (
    "css/tokens.css",
    "css/base.css",
    "css/components.css",
    "css/figures.css",
    "css/interview.css",
    "css/interview-answers.css",
    "css/interview-start.css",
    "img/icon.svg",
    "js/texts.js",
)


def shell_files() -> list[str]:
    """Names of the static files that the page needs without a connection, sorted."""
    modules = (
        path.relative_to(STATIC).as_posix()
        for folder in FOLDERS
        for path in (STATIC / folder).rglob("*.js")
    )
    return sorted({*FILES, *modules} - {WORKER})


def _release(names: list[str]) -> str:
    """A name for this state of all files: another content, another name."""
    digest = hashlib.sha256()
    for name in [*names, WORKER]:
        digest.update(name.encode() + b"\0" + (STATIC / name).read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _script() -> str:
    names = shell_files()
    shell = {
        "release": _release(names),
        "page": reverse("interview"),
        "files": [
            *(static(name) for name in names),
            *(reverse("texts", args=[code]) for code, _name in settings.LANGUAGES),
        ],
        "static": settings.STATIC_URL,
    }
    return f"self.SHELL = {json.dumps(shell)};\nimportScripts({json.dumps(static(WORKER))});\n"


_script_once = functools.cache(_script)


@cache_control(no_cache=True)
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """`/interview/worker.js`: the list of what to keep, then the worker itself. No statement.

    Browsers compare it with what they have at each visit; one other byte installs it anew.
    """
    script = _script() if settings.DEBUG else _script_once()
    return HttpResponse(
        script,
        content_type="text/javascript; charset=utf-8",
        headers={"Service-Worker-Allowed": reverse("interview")},
    )
