from django.urls import path

from sessions.api.v1 import (
    QuestionTableViewSet,
    ResponseTableViewSet,
    SessionTableViewSet,
    TranscriptTableViewSet,
)

urlpatterns = [
    path("sessions", SessionTableViewSet.as_view({"get": "list"}), name="v1-sessions"),
    path(
        "sessions/<str:session_id>",
        SessionTableViewSet.as_view({"get": "retrieve"}),
        name="v1-session",
    ),
    path("questions", QuestionTableViewSet.as_view({"get": "list"}), name="v1-questions"),
    path(
        "questions/<int:id>",
        QuestionTableViewSet.as_view({"get": "retrieve"}),
        name="v1-question",
    ),
    path("responses", ResponseTableViewSet.as_view({"get": "list"}), name="v1-responses"),
    path(
        "responses/<int:id>",
        ResponseTableViewSet.as_view({"get": "retrieve"}),
        name="v1-response",
    ),
    path("transcripts", TranscriptTableViewSet.as_view({"get": "list"}), name="v1-transcripts"),
    path(
        "transcripts/<int:id>",
        TranscriptTableViewSet.as_view({"get": "retrieve"}),
        name="v1-transcript",
    ),
]
