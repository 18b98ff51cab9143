from django.urls import path

from analytics.api.v1 import AnalyticsTableViewSet, FeedbackTableViewSet, StatsTableViewSet

urlpatterns = [
    path("feedback", FeedbackTableViewSet.as_view({"get": "list"}), name="v1-feedback"),
    path(
        "feedback/<int:id>",
        FeedbackTableViewSet.as_view({"get": "retrieve"}),
        name="v1-one-feedback",
    ),
    path("analytics", AnalyticsTableViewSet.as_view({"get": "list"}), name="v1-analytics"),
    path(
        "analytics/<str:session_id>",
        AnalyticsTableViewSet.as_view({"get": "retrieve"}),
        name="v1-one-analytics",
    ),
    path("stats", StatsTableViewSet.as_view({"get": "list"}), name="v1-stats"),
    path("stats/<str:person>", StatsTableViewSet.as_view({"get": "retrieve"}), name="v1-one-stats"),
]
