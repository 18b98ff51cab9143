"""The base of the API's views."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from rest_framework.viewsets import ViewSet

from interviewdata.common.wire.replies import error_reply, failure, json_bytes_reply


class WireViewSet(ViewSet):
    """A DRF viewset with a short way from request to action.

    All of it speaks JSON, so there is nothing to negotiate; who may do what is asked once, by the
    action; every exception becomes the envelope. DRF's own dispatch would do the same in about
    0.15 ms of CPU more, a quarter of what recording an answer costs.
    """

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:  # type: ignore[override]
        self.args, self.kwargs = args, kwargs
        method = (request.method or "").lower()
        try:
            if method == "options":
                return self._describe()
            if method not in self.action_map and not (
                method == "head" and "get" in self.action_map
            ):
                return failure(
                    "method_not_allowed",
                    f"This address takes {self._allowed()}.",
                    Allow=self._allowed(),
                )
            return self.act(request, getattr(self, method), **kwargs)
        except Exception as error:
            return error_reply(error, request)

    def act(self, request: HttpRequest, action: Any, **kwargs: Any) -> HttpResponseBase:
        """Run the action; subclasses put around it what all their actions share."""
        return action(request, **kwargs)  # type: ignore[no-any-return]

    def _allowed(self) -> str:
        return ", ".join(sorted({name.upper() for name in self.action_map} | {"OPTIONS"}))

    def _describe(self) -> HttpResponseBase:
        reply = json_bytes_reply(b"", 204)
        reply["Allow"] = self._allowed()
        return reply
