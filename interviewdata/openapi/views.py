"""`/api/schema`, the description as JSON, and `/api/docs`, Swagger UI over it."""

from __future__ import annotations

import functools

import orjson
from django.http import HttpRequest, HttpResponseBase
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.views import SpectacularSwaggerSplitView

from interviewdata.common.wire.describe import EVERYBODY, described, operation
from interviewdata.common.wire.replies import json_bytes_reply
from interviewdata.common.wire.views import WireViewSet


@functools.cache
def schema_bytes() -> bytes:
    """The description as JSON; made once a process, which takes about a second."""
    document = SchemaGenerator().get_schema(request=None, public=True)
    return orjson.dumps(document, option=orjson.OPT_INDENT_2, default=str)


@described(
    show=operation(
        "getSchema",
        "This description",
        "OpenAPI 3.1 as JSON. `/api/docs` shows it as a page.",
        tag="Service",
        who=EVERYBODY,
        never=(503,),  # no database is asked
        reply=OpenApiTypes.OBJECT,
    )
)
class SchemaViewSet(WireViewSet):
    def show(self, request: HttpRequest) -> HttpResponseBase:
        return json_bytes_reply(schema_bytes())


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI under the strict content security policy.

    The page and its script are two replies, and the page has no inline style: nothing of the
    policy is loosened for it.
    """

    template_name = "openapi/docs.html"
    url_name = "schema"
