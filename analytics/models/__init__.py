from analytics.models.dashboard import DashboardStats
from analytics.models.feedback import SCORE_FIELDS, Feedback
from analytics.models.interview import InterviewAnalytics
from analytics.models.review import Review, ReviewAssignment, ReviewDraft, RubricCategory
from analytics.models.score import InterviewScore
from analytics.models.tally import InterviewTally

__all__ = [
    "SCORE_FIELDS",
    "DashboardStats",
    "Feedback",
    "InterviewAnalytics",
    "InterviewScore",
    "InterviewTally",
    "Review",
    "ReviewAssignment",
    "ReviewDraft",
    "RubricCategory",
]
