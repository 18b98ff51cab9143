from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InterviewSessionsConfig(AppConfig):
    name = "sessions"
    # Not "sessions": that label is django.contrib.sessions'. It never changes (see docs).
    label = "interview_sessions"
    verbose_name = _("Interview sessions")
