"""Requests that come into being whatever their Content-Type says.

Django reads that header before anything could answer for it: one that names an unknown charset
(`x*=nonsense''y`) would be a server error in the server's own words.
"""

from __future__ import annotations

from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.core.handlers.wsgi import WSGIRequest

# What browsers send with a string body, and what programs do: Django's reader of the header costs
# as much as checking all the fields of a small body.
_USUAL = {"text/plain;charset=UTF-8": "text/plain", "application/json": "application/json"}


class Forgiving:
    """Mixin: a Content-Type that cannot be read is as if not sent."""

    content_type: str | None
    content_params: dict[str, str] | None
    encoding: str | None

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        usual = _USUAL.get(meta.get("CONTENT_TYPE", ""))
        if usual is not None:
            self.content_type, self.content_params = usual, {}
            if usual == "text/plain":
                self.content_params = {"charset": "UTF-8"}
                self.encoding = "UTF-8"
            return
        try:
            super()._set_content_type_params(meta)  # type: ignore[misc]
        except ValueError:
            self.content_type, self.content_params = "", {}


class ForgivingWSGIRequest(Forgiving, WSGIRequest):  # type: ignore[misc]
    pass


class ForgivingASGIRequest(Forgiving, ASGIRequest):  # type: ignore[misc]
    pass
