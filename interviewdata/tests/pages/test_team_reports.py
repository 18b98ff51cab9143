"""The reports of a period and on adverse impact: what they tell, whom, and what they never tell."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.urls import reverse

from analytics.services.assignment import assign
from analytics.services.group_data import give_group_data
from analytics.tests.factories import FeedbackFactory
from analytics.tests.reviewing import make_reviewer
from interviewdata.tests.pages.reporting import plain
from sessions.models import AccessRecord
from sessions.tests.factories import InterviewSessionFactory

pytestmark = pytest.mark.django_db

SESSION = "interview_sessions.view_interviewsession"
MARCH = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def boss(client):
    user = User.objects.create_superuser("boss")
    client.force_login(user)
    return user


def made(status="completed", *, day=0, role="Baker", **scores):
    at = MARCH + timedelta(days=day)
    session = InterviewSessionFactory(
        role=role, created_at=at, start_time=at, status=status,
        end_time=at + timedelta(minutes=30) if status == "completed" else None,
    )  # fmt: skip
    for author, value in scores.items():
        FeedbackFactory(session=session, author=author, overall_score=value, technical_score=None)
    return session


PERIOD = "/reports/period/?from=2026-03-01&to=2026-03-31"


@pytest.mark.parametrize("query", ["", "&format=pdf"])
def test_period_is_counted_scored_and_compared(client, boss, query):
    for n in range(10):
        made(day=n, rita=5 + n % 3, max=5 + n % 3)
    made("abandoned", day=1)
    made("abandoned", day=-30)
    text = plain(client.get(PERIOD + query))
    for wanted in ("Completed 10", "Abandoned 1", "All 11", "91 % (between 62 % and 98 %)",
                   "Overall 10", "30 min", "Reliable"):  # fmt: skip
        assert wanted in re.sub(r" (completed|abandoned|all|scored interviews)\b", "",
                                text, flags=re.I) or wanted in text, wanted  # fmt: skip


def test_each_number_of_a_period_leads_to_its_rows(client, boss):
    made(rita=8)
    made("abandoned")
    made(role="Nurse")
    page = client.get(f"{PERIOD}&role=baker").content.decode()
    links = [html.unescape(url) for url in re.findall(r'href="(/sessions/\?[^"]+)"', page)]
    assert links
    counts = {}
    for url in links:
        rows = client.get(url).content.decode()
        counts[url.partition("?")[2]] = len(
            set(re.findall(r'href="/sessions/([0-9a-f-]{36})/"', rows))
        )
    days = "created_from=2026-03-01&created_to=2026-03-31&role=%3Dbaker"
    assert counts == {
        f"{days}&status=completed": 1,
        f"{days}&status=abandoned": 1,
        days: 2,
        f"{days}&score_from=0": 1,
    }


def test_period_hides_what_is_still_to_be_judged(client):
    session = made(rita=9.87)
    reader = make_reviewer(
        "reader", "analytics.view_dashboardstats", "analytics.view_feedback", "analytics.see_scores"
    )
    assign(session_id=session.session_id, reviewer=reader, due_at=None, by=reader)
    client.force_login(reader)
    text = plain(client.get(PERIOD))
    assert "9.87" not in text
    assert "hidden until your own are in, and not counted: 1." in text


def test_period_tells_raters_agreement_to_who_may_see_scores_alone(client, staff_user):
    made(rita=8, max=7)
    client.force_login(staff_user("analytics.view_dashboardstats", "analytics.view_feedback"))
    assert "You may not see how far raters agree." in plain(client.get(PERIOD))
    client.force_login(staff_user("analytics.view_dashboardstats", username="sam"))
    assert "You may not see the scores." in plain(client.get(PERIOD))


@pytest.mark.parametrize(
    "query",
    ["", "from=soon", "from=2026-05-01&to=2026-01-01", "from=0001-01-01", "to=9999-12-31",
     "from=1900-01-01&to=2100-01-01", "role=%00", "role=" + "x" * 500, "format=xml",
     "from=2000-01-01&to=2199-12-31", "to=2000-01-01"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["report-period", "report-impact"])
def test_reports_answer_whatever_is_asked(client, boss, name, query):
    reply = client.get(f"{reverse(name)}?{query}")
    assert reply.status_code == 200
    assert reply["Content-Type"].startswith("text/html")


@pytest.mark.parametrize("rows", [1, 3])
def test_period_costs_the_same_however_much_there_is(client, boss, django_assert_num_queries, rows):
    for n in range(rows):
        made(day=n, rita=8, max=7)
    # session, user; counts, newest, sample (3), raters (2), access record
    with django_assert_num_queries(10):
        client.get(PERIOD)


# -- adverse impact ------------------------------------------------------------------------------


def grouped(group, n, selected, *, at=MARCH):
    for place in range(n):
        session = InterviewSessionFactory(
            user_email=f"{group}{place}@example.org", completed=True, created_at=at,
            start_time=at, end_time=at + timedelta(minutes=30),
        )  # fmt: skip
        FeedbackFactory(session=session, overall_score=8 if place < selected else 3)
        if group != "unsaid":
            give_group_data(
                session_id=session.session_id, groups={"gender": group}, consent_version="1"
            )


IMPACT = "/reports/adverse-impact/?from=2026-03-15&to=2026-03-20"


@pytest.mark.parametrize("query", ["", "&format=pdf"])
def test_impact_tells_rates_ratio_and_fishers_p(client, boss, query):
    grouped("man", 10, 8)
    grouped("woman", 10, 2)
    grouped("unsaid", 20, 20)
    text = plain(client.get(IMPACT + query))
    # scipy.stats.fisher_exact([[8, 2], [2, 8]]): 0.023014137565221155
    assert "Men 10 8 80 % 1 – highest rate" in text
    assert "Women 10 2 20 % 0.25 0.0230 below four fifths, and hardly" in text
    assert "1 Mar 2026 to 31 Mar 2026" in text
    assert "@" not in text


def test_impact_hides_small_groups_among_those_who_said_nothing(client, boss):
    grouped("man", 9, 5)
    grouped("woman", 20, 10)
    grouped("non_binary", 2, 1)
    grouped("unsaid", 30, 3)
    text = plain(client.get(IMPACT))
    assert "Men 9 5 56 % 1 –" in text
    assert "Non-binary people – – – – – hidden: too few people" in text
    assert not re.search(r"\b(30|32|61)\b", text)


def test_impact_hides_small_groups_and_what_would_tell_them(client, boss):
    grouped("man", 9, 5)
    grouped("woman", 20, 10)
    grouped("non_binary", 2, 1)
    text = plain(client.get(IMPACT))
    assert "Women 20 10 50 % – – nothing to compare with" in text
    assert "Men – – – – – hidden: too few people" in text
    assert "Non-binary people – – – – – hidden: too few people" in text


def test_smallest_group_is_a_setting(client, boss, settings):
    grouped("man", 9, 5)
    grouped("woman", 20, 10)
    settings.SMALLEST_GROUP_SHOWN = 10
    assert "Men – – –" in plain(client.get(IMPACT))


def test_impact_takes_whole_points_and_known_words_alone(client, boss):
    grouped("man", 9, 5)
    for query in ("threshold=7.5", "threshold=11", "attribute=height", "threshold=-1"):
        text = plain(client.get(f"{IMPACT}&{query}"))
        assert "Choose one of the list." in text
        assert "completed, with a mean score of 6 or more" in text
    assert "mean score of 9 or more" in plain(client.get(f"{IMPACT}&threshold=9"))


def test_impact_is_refused_to_who_judges_blind_and_waits_for_who_was_assigned(client, boss):
    grouped("man", 9, 5)
    judge = make_reviewer("judge", "analytics.view_adverse_impact")
    client.force_login(judge)
    assert client.get(IMPACT).status_code == 403
    session = made(day=3, rita=9)
    assign(session_id=session.session_id, reviewer=boss, due_at=None, by=boss)
    client.force_login(boss)
    text = plain(client.get(IMPACT))
    assert "you are still to judge 1 of these interviews" in text
    assert "Men" not in text


@pytest.mark.parametrize("name", ["Reviewer", "Recruiter", "Privacy officer"])
def test_no_other_group_reads_it(client, staff_user, name):
    user = staff_user(username="sam")
    user.groups.add(Group.objects.get_or_create(name=name)[0])
    client.force_login(user)
    assert client.get(IMPACT).status_code == 403


def test_who_looked_at_impact_is_recorded_with_what_was_asked(client, boss):
    client.get(f"{IMPACT}&role=Baker&attribute=age&threshold=7")
    record = AccessRecord.objects.get()
    assert (record.resource, record.session_ids) == ("adverse-impact report", [])
    assert record.detail == "2026-03-01 to 2026-03-31, by age, from 7, role Baker"


@pytest.mark.parametrize("rows", [1, 3])
def test_impact_costs_the_same_however_much_there_is(client, boss, django_assert_num_queries, rows):
    grouped("man", rows, rows)
    # session, user; still to judge, outcomes, access record
    with django_assert_num_queries(5):
        client.get(IMPACT)


def test_group_data_stands_nowhere_else(client, boss):
    """Not in the record, its exports, the lists, the admin or the report of the interview."""
    interview = made(rita=8)
    give_group_data(
        session_id=interview.session_id,
        groups={"ethnicity": "pacific_islander"},
        consent_version="canaryconsent",
    )
    session = interview.session_id
    for path in (
        f"/sessions/{session}/", f"/sessions/{session}/report/",
        f"/api/interview/session-data/{session}", f"/api/interview/export/{session}",
        f"/api/v1/sessions/{session}", f"/export/people/{interview.user_email}/",
        "/admin/", "/admin/analytics/", f"/people/{interview.user_email}/",
        f"/admin/interview_sessions/interviewsession/{interview.pk}/change/",
        f"/admin/interview_sessions/interviewsession/{interview.pk}/history/",
    ):  # fmt: skip
        reply = client.get(path)
        content = b"".join(reply) if reply.streaming else reply.content
        assert reply.status_code == 200, path
        assert b"acific" not in content, path
        assert b"canaryconsent" not in content, path


# -- which reports there are ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("permission", "shown"),
    [
        ("analytics.view_dashboardstats", ["Period report"]),
        ("analytics.view_adverse_impact", ["Adverse-impact report"]),
    ],
)
def test_reports_that_one_may_read_are_listed(client, staff_user, permission, shown):
    client.force_login(staff_user(permission))
    page = client.get(reverse("reports")).content.decode()
    names = re.findall(r"<h2><a [^>]+>([^<]+)</a>", page)
    assert names == shown
    assert 'aria-current="page">Reports</a>' in page


def test_without_any_there_is_no_page_and_no_link(client, staff_user):
    client.force_login(staff_user(SESSION))
    assert client.get(reverse("reports")).status_code == 403
    assert b">Reports</a>" not in client.get(reverse("session-list")).content
