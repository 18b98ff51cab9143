from django.urls import path

from interviewdata.record.api import RecordViewSet
from interviewdata.record.audio_api import AudioViewSet
from interviewdata.record.export_api import PersonExportViewSet
from interviewdata.record.export_schema import ExportSchemaViewSet
from interviewdata.record.health import HealthViewSet

urlpatterns = [
    path(
        "interview/session-data/<str:session_id>",
        RecordViewSet.as_view({"get": "session_data"}),
        name="session-data",
    ),
    path(
        "interview/export/<str:session_id>", RecordViewSet.as_view({"get": "export"}), name="export"
    ),
    path("interview/audio/<int:response_id>", AudioViewSet.as_view({"get": "play"}), name="audio"),
    path("export/preview", PersonExportViewSet.as_view({"get": "preview"}), name="export-preview"),
    path("export/data", PersonExportViewSet.as_view({"post": "data"}), name="export-data"),
    path("schema/export", ExportSchemaViewSet.as_view({"get": "show"}), name="schema-export"),
    path("health", HealthViewSet.as_view({"get": "check"}), name="health"),
]
