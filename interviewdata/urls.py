from django.contrib import admin
from django.urls import include, path, re_path
from django.views.i18n import set_language

from interviewdata import error_pages
from interviewdata.common.texts import texts_of_scripts
from interviewdata.record.views import home

handler400 = error_pages.bad_request
handler403 = error_pages.forbidden
handler404 = error_pages.not_found
handler500 = error_pages.server_error

urlpatterns = [
    path("api/", include("sessions.api.urls")),
    path("api/", include("analytics.api.urls")),
    path("api/", include("interviewdata.record.urls")),
    path("api/", include("interviewdata.openapi.urls")),
    path("api/v1/", include("sessions.api.v1_urls")),
    path("api/v1/", include("analytics.api.v1_urls")),
    # In DEBUG Django's own 404 page would answer here; clients want JSON always.
    re_path(r"^api(?:/.*)?$", error_pages.not_found),
    path("admin/", admin.site.urls),
    path("language", set_language, name="set_language"),
    path("texts/<str:language>.js", texts_of_scripts, name="texts"),
    path("", include("sessions.urls")),
    path("", include("analytics.pages.urls")),
    path("", include("interviewdata.record.pages.urls")),
    path("", home, name="home"),
]
