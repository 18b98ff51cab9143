from django.apps import AppConfig


class InterviewSessionsConfig(AppConfig):
    name = "sessions"
    # Not "sessions": that label is django.contrib.sessions'. It never changes (see docs).
    label = "interview_sessions"
    verbose_name = "Interview sessions"
