from django.urls import path

from analytics.api.group_data import GroupDataViewSet
from analytics.api.summary import FeedbackSummaryViewSet
from analytics.api.views import AnalyticsViewSet, FeedbackViewSet, PersonViewSet

urlpatterns = [
    path("feedback/save", FeedbackViewSet.as_view({"post": "save"}), name="feedback-save"),
    path(
        "feedback/analytics",
        FeedbackSummaryViewSet.as_view({"get": "show"}),
        name="feedback-analytics",
    ),
    path(
        "interview/group-data",
        GroupDataViewSet.as_view({"post": "give"}),
        name="group-data",
    ),
    path("analytics/save", AnalyticsViewSet.as_view({"post": "save"}), name="analytics-save"),
    path(
        "interview/history/<str:email>", PersonViewSet.as_view({"get": "history"}), name="history"
    ),
    path("dashboard/stats/<str:email>", PersonViewSet.as_view({"get": "stats"}), name="stats"),
]
