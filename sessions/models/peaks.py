from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from interviewdata.common.names import name_for_people


class AudioPeaks(models.Model):
    """The waveform of one recording, computed once from its bytes, which never change."""

    audio_sha256 = models.CharField(max_length=64, unique=True)
    duration = models.FloatField(help_text="seconds of decoded sound")
    peaks = models.JSONField(help_text="loudest sample of each equal part, 0–100, in order")
    problem = models.CharField(max_length=200, blank=True, help_text="why there are no peaks")
    engine = models.CharField(max_length=120, help_text="name and version of what computed them")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        db_table = "audio_peaks"
        verbose_name_plural = "audio peaks"

    def __str__(self) -> str:
        return gettext("peaks of %(digest)s") % {"digest": self.audio_sha256[:12]}


name_for_people(AudioPeaks, _("audio peaks"), _("audio peaks"))
