from django.apps import AppConfig


class InterviewDataConfig(AppConfig):
    name = "interviewdata"
    verbose_name = "Interview data"

    def ready(self) -> None:
        from interviewdata import checks  # noqa: F401  (registers the system checks)
