from django.urls import path

from sessions.api.live_views import LiveViewSet, PresenceViewSet, ProgressViewSet
from sessions.api.response_views import ResponseViewSet, TranscriptViewSet
from sessions.api.session_views import ModesViewSet, QuestionViewSet, SessionViewSet
from sessions.api.upload_views import UploadViewSet

urlpatterns = [
    path(
        "interview/create-session",
        SessionViewSet.as_view({"post": "create"}),
        name="create-session",
    ),
    path("interview/start", SessionViewSet.as_view({"post": "start"}), name="start"),
    path("interview-modes", ModesViewSet.as_view({"get": "list"}), name="interview-modes"),
    path(
        "interview-modes/questions", ModesViewSet.as_view({"post": "questions"}), name="questions"
    ),
    path("interview/question", QuestionViewSet.as_view({"post": "ask"}), name="question"),
    path("interview/response", ResponseViewSet.as_view({"post": "record"}), name="response"),
    path("interview/uploads", UploadViewSet.as_view({"post": "create"}), name="uploads"),
    path(
        "interview/uploads/<str:upload_id>",
        UploadViewSet.as_view({"head": "offset", "patch": "append", "delete": "terminate"}),
        name="upload",
    ),
    path(
        "interview/progress/<str:session_id>",
        ProgressViewSet.as_view({"get": "show"}),
        name="progress",
    ),
    path("interview/presence", PresenceViewSet.as_view({"post": "note"}), name="presence"),
    path("interview/live", LiveViewSet.as_view({"get": "list"}), name="live-feed"),
    path("interview/end", SessionViewSet.as_view({"post": "end"}), name="end"),
    path("transcript/save", TranscriptViewSet.as_view({"post": "save"}), name="transcript-save"),
]
