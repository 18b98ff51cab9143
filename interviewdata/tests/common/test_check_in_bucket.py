"""`check_interview_data` and the samples where STORAGE_URL names a bucket."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from interviewdata.record.integrity_files import missing_file_problems, stray_file_problems
from sessions.models import UserResponse

pytestmark = pytest.mark.django_db


def found(problems):
    return [problem.kind for problem in problems]


def test_samples_go_into_the_bucket_and_the_check_is_clean(in_bucket):
    call_command("loaddata", "sample_interviews", verbosity=0)
    out = StringIO()
    call_command("check_interview_data", "--deep", "--repair", stdout=out)
    assert out.getvalue() == "Everything is as it must be.\n"


def test_check_lists_lost_and_changed_sounds_of_a_bucket(in_bucket):
    call_command("loaddata", "sample_interviews", verbosity=0)
    lost, changed = UserResponse.objects.exclude(audio_file_path="").order_by("id")[:2]
    in_bucket.delete(lost.audio_file_path)
    in_bucket.save(changed.audio_file_path, ContentFile(b"short"))
    assert found(missing_file_problems(deep=True)) == ["file_missing", "file_size"]


def test_repair_removes_stray_objects_alone(in_bucket):
    call_command("loaddata", "sample_interviews", verbosity=0)
    in_bucket.save("audio/00/aa/stray.webm", ContentFile(b"left behind"))
    assert found(stray_file_problems()) == []
    later = timezone.now() + timedelta(hours=2)
    (problem,) = stray_file_problems(now=later)
    assert (problem.kind, problem.subject) == ("stray_file", "audio/00/aa/stray.webm")
    assert problem.repair() == "removed"
    assert found(stray_file_problems(now=later)) == found(missing_file_problems(deep=True)) == []


def test_check_says_that_the_store_does_not_answer(nobody_answers):
    with pytest.raises(CommandError, match="The store of sound does not answer"):
        call_command("check_interview_data", stdout=StringIO())
