from django.urls import URLPattern, path

from analytics.pages.compare import compare
from analytics.pages.dashboard import dashboard
from analytics.pages.person import person
from analytics.pages.report_impact import report_impact
from analytics.pages.report_period import report_period, reports
from analytics.pages.review_form import review_draft, review_form
from analytics.pages.review_queue import review_queue

urlpatterns: list[URLPattern] = [
    path("compare/", compare, name="compare"),
    path("dashboard/", dashboard, name="dashboard"),
    # A path: the part of an address before its @ may hold a slash.
    path("people/<path:email>/", person, name="person"),
    path("reports/", reports, name="reports"),
    path("reports/period/", report_period, name="report-period"),
    path("reports/adverse-impact/", report_impact, name="report-impact"),
    path("reviews/", review_queue, name="review-queue"),
    path("sessions/<str:session_id>/review/", review_form, name="review-form"),
    path("sessions/<str:session_id>/review/draft", review_draft, name="review-draft"),
]
