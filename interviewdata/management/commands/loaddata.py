"""Django's `loaddata`, made fit for interviews.

- Triggers have made a row of `dashboard_stats` by the time a fixture brings one: it takes that
  row's place instead of failing on the unique address.
- Fixtures beside a folder `sample_audio` are samples: their rows are added, never written over
  what is there; the sounds they name go into the store; counters and statistics are counted anew,
  so that samples may be loaded into a database in use.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import loaddata

from analytics.models import DashboardStats, InterviewAnalytics
from analytics.services.dashboard import rebuild_stats
from interviewdata.record.samples import SAMPLE_FOLDER, put_sample_audio
from interviewdata.record.tables import RECORD_TABLES
from sessions.emotion import emotion_is_off
from sessions.models import InterviewSession, UserResponse
from sessions.services.counters import recount


def _forget_emotions(row: Any) -> None:
    """Where EMOTION_ANALYSIS is off, samples bring none either."""
    if isinstance(row, UserResponse):
        row.emotion_detected = ""
    if isinstance(row, InterviewAnalytics):
        row.emotion_analysis = {}


class Command(loaddata.Command):
    def load_label(self, fixture_label: str) -> None:
        self._samples = next(
            (
                Path(folder) / SAMPLE_FOLDER
                for _file, folder, _name in self.find_fixtures(fixture_label)
                if folder and (Path(folder) / SAMPLE_FOLDER).is_dir()
            ),
            None,
        )
        self._session_ids: set[str] = set()
        self._audio_paths: set[str] = set()
        super().load_label(fixture_label)
        if self._samples is not None:
            self._finish_samples(self._samples)

    def save_obj(self, obj: Any) -> bool:
        row = obj.object
        if self._samples is not None and isinstance(row, RECORD_TABLES):
            # A sound that was lost from the store comes back, too.
            if isinstance(row, UserResponse) and row.audio_file_path:
                self._audio_paths.add(row.audio_file_path)
            if row.pk is not None:
                return False
            self._session_ids.add(getattr(row, "session_id", ""))
            if emotion_is_off():
                _forget_emotions(row)
        if isinstance(row, DashboardStats):
            there = DashboardStats.objects.using(self.using).filter(user_email=row.user_email)
            row.pk = there.values_list("pk", flat=True).first() or row.pk
        return bool(super().save_obj(obj))

    def _finish_samples(self, folder: Path) -> None:
        for session_id in sorted(self._session_ids - {""}):
            recount(session_id)
        loaded = InterviewSession.objects.filter(session_id__in=self._session_ids)
        for email in loaded.order_by("user_email").values_list("user_email", flat=True).distinct():
            rebuild_stats(email=email)
        try:
            put_sample_audio(folder, self._audio_paths)
        except ValueError as error:
            raise CommandError(str(error)) from error
