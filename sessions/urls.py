from django.urls import path

from sessions.pages import interview, invitation, worker

urlpatterns = [
    path("interview/", interview.interview, name="interview"),
    path("interview/terms", interview.terms, name="interview-terms"),
    path("interview/forget", interview.forget, name="interview-forget"),
    path("interview/worker.js", worker.worker, name="interview-worker"),
    path("interview/invitation/<str:token>", invitation.invitation, name="invitation"),
]
