from django.urls import path

from interviewdata.openapi.views import DocsView, SchemaViewSet

urlpatterns = [
    path("schema", SchemaViewSet.as_view({"get": "show"}), name="schema"),
    path("docs", DocsView.as_view(), name="docs"),
]
