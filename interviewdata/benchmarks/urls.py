"""The addresses of production, and a view that does nothing: what our server costs by itself."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path

CONTENT = b'{"success":true,"message":"' + b"." * 970 + b'"}'


def static_bytes(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        CONTENT,
        content_type="application/json",
        headers={"Content-Length": str(len(CONTENT))},
    )


urlpatterns = [
    path("api/static-bytes", static_bytes),
    path("", include("interviewdata.urls")),
]
