from analytics.models.dashboard import DashboardStats
from analytics.models.feedback import SCORE_FIELDS, Feedback
from analytics.models.interview import InterviewAnalytics

__all__ = ["SCORE_FIELDS", "DashboardStats", "Feedback", "InterviewAnalytics"]
