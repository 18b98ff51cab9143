from analytics.models.analysis import (
    UNFINISHED,
    AnalysisJob,
    JobKind,
    JobState,
    ResponseAnalysis,
    StockCursor,
)
from analytics.models.dashboard import DashboardStats
from analytics.models.draft import FeedbackDraft
from analytics.models.feedback import SCORE_FIELDS, Feedback
from analytics.models.group_data import CandidateGroupData
from analytics.models.interview import InterviewAnalytics
from analytics.models.near_copy import AnswerBand, AnswerSignature
from analytics.models.review import Review, ReviewAssignment, ReviewDraft, RubricCategory
from analytics.models.score import InterviewScore
from analytics.models.tally import InterviewTally

__all__ = [
    "SCORE_FIELDS",
    "UNFINISHED",
    "AnalysisJob",
    "AnswerBand",
    "AnswerSignature",
    "CandidateGroupData",
    "DashboardStats",
    "Feedback",
    "FeedbackDraft",
    "InterviewAnalytics",
    "InterviewScore",
    "InterviewTally",
    "JobKind",
    "JobState",
    "ResponseAnalysis",
    "Review",
    "ReviewAssignment",
    "ReviewDraft",
    "RubricCategory",
    "StockCursor",
]
