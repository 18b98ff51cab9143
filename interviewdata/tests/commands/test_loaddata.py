"""What our `loaddata` adds to Django's is tested in interviewdata/tests/test_fixtures.py."""

import json

from analytics.models import DashboardStats
from sessions.models import InterviewSession
from sessions.tests.factories import InterviewSessionFactory


def test_loaddata_says_how_many_rows_it_installed(run):
    ran = run("loaddata", "sample_interviews")
    assert (ran.code, ran.out) == (0, "Installed 45 object(s) from 1 fixture(s)\n")
    again = run("loaddata", "sample_interviews")
    assert again.out == "Installed 0 object(s) (of 45) from 1 fixture(s)\n"


def test_loaddata_of_other_fixtures_writes_over_rows_as_django_does(run, tmp_path):
    interview = InterviewSessionFactory(role="Baker")
    row = {
        "model": "interview_sessions.interviewsession",
        "fields": {
            "session_id": interview.session_id,
            "user_email": interview.user_email,
            "role": "Miller",
            "interview_type": "hr",
            "interview_mode": "hr",
            "difficulty": "expert",
        },
    }
    file = tmp_path / "other.json"
    file.write_text(json.dumps([row]))
    assert run("loaddata", str(file)).code == 0
    assert InterviewSession.objects.get().role == "Miller"


def test_loaddata_puts_a_persons_row_in_the_place_of_the_one_made_by_triggers(run, tmp_path):
    interview = InterviewSessionFactory()
    fields = {"user_email": interview.user_email, "total_interviews": 1, "best_score": 7.0}
    file = tmp_path / "stats.json"
    file.write_text(
        json.dumps([{"model": "analytics.dashboardstats", "pk": 987, "fields": fields}])
    )
    assert run("loaddata", str(file)).code == 0
    assert DashboardStats.objects.get().best_score == 7.0


def test_loaddata_without_such_a_fixture_fails(run):
    assert run("loaddata", "no_such_fixture").code == 1
