"""`/dashboard/`: what it shows to whom, and that every number leads to its rows."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.contrib.auth.models import User

from analytics.tests.factories import FeedbackFactory
from interviewdata.templatetags.ui import about, duration, signed
from sessions.models import AccessRecord
from sessions.tests.factories import (
    InterviewQuestionFactory,
    InterviewSessionFactory,
    UserResponseFactory,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
ALL = (
    "analytics.view_dashboardstats",
    "analytics.view_feedback",
    "interview_sessions.view_interviewsession",
    "interview_sessions.view_interviewquestion",
)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def reader(client, staff_user) -> User:
    user = staff_user(*ALL)
    client.force_login(user)
    return user


def story(n, *, score=None, **fields):
    """An interview of the n-th hour before NOW, with a question and its answer."""
    one = InterviewSessionFactory(created_at=NOW - timedelta(hours=n + 1), **fields)
    question = InterviewQuestionFactory(
        session=one, question_index=1, question_text="Why is the sky blue?", category="Depth"
    )
    UserResponseFactory(question=question, response_duration=30 + n)
    if score is not None:
        FeedbackFactory(
            session=one, overall_score=score, author="ada", categories={"Depth": score, "Pace": 5},
            created_at=one.created_at + timedelta(hours=1),
        )  # fmt: skip
    return one


def text_of(page) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def links_of(page) -> list[tuple[str, str]]:
    """(number, address) of every number that leads to the sessions list."""
    found = re.findall(
        r'<a href="(/sessions/\?[^"]+)">([\d,]+)(?:<span[^>]*>[^<]*</span>)?</a>',
        page.content.decode(),
    )
    return [(number.replace(",", ""), unescape(address)) for address, number in found]


def test_a_figure_is_shown_with_its_number_and_interval(client, reader):
    for n, score in enumerate((6, 7, 8, 5, 9)):
        story(n, score=score, role="Nurse")
    text = text_of(client.get("/dashboard/"))
    assert "Nurse 5 7 5.04 – 8.96" in text  # as in test_figures
    assert "Why is the sky blue? Depth 5 5 (100 %) 32 s 32 s 7 of 5 ± 1.58 too few to say" in text


def test_few_scores_are_too_few_to_say(client, reader):
    for n in range(4):
        story(n, score=5, role="Nurse")
    text = text_of(client.get("/dashboard/"))
    assert "Nurse 4 5 too few to say too few to say" in text
    assert "Fewer than 5 scores: too few to say how they are spread." in text


def test_every_number_leads_to_as_many_rows(client, reader):
    statuses = ("created", "active", "abandoned")
    for n in range(8):
        story(
            n * 40,
            score=(n * 1.4) % 10 if n % 2 else 7,
            role=("Nurse", "Nurse II", "Cook")[n % 3],
            interview_mode=("hr", "mixed")[n % 2],
            difficulty=("beginner", "expert")[n // 4],
            status=statuses[n % 3],
            user_email="ann@example.org" if n < 4 else f"p{n}@example.org",
        )
    story(400)  # not scored
    links = links_of(client.get("/dashboard/"))
    assert len(links) > 30
    wrong = []
    for number, address in links:
        page = client.get(address)
        rows = len(set(re.findall(r'href="/sessions/([0-9a-f-]{36})/', page.content.decode())))
        if page.status_code != 200 or rows != int(number):
            wrong.append((number, address, page.status_code, rows))
    assert wrong == []


def test_filters_stay_in_the_links_and_are_chips(client, reader):
    story(1, role="Nurse", interview_mode="hr")
    page = client.get("/dashboard/?mode=hr&created_from=2026-03-02&created_to=2026-03-20")
    text = text_of(page)
    assert "Created from: 2026-03-02 × , take away" in text
    assert "Mode: HR × , take away" in text
    for _number, address in links_of(page):
        assert "mode=hr" in address
        assert "created_from=2026-03-" in address
    assert 'href="?created_from=2026-03-02&amp;created_to=2026-03-20"' in page.content.decode()


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("created_from=gestern", "Write a day as 2026-11-20."),
        ("created_from=1815-06-18", "Choose a day between 2000 and 2199."),
        ("created_from=2026-03-02&created_to=2026-03-01", "This is before the first day"),
        ("created_from=2024-01-01&created_to=2026-03-01", "Choose two years at most"),
        ("mode=singing", "Choose one of the list."),
        ("difficulty=%00", "Choose one of the list."),
        ("role=" + "x" * 121, "Ensure this value has at most 120 characters"),
    ],
)  # fmt: skip
def test_a_bad_filter_is_said_and_left_out(client, reader, query, message):
    story(1)
    page = client.get(f"/dashboard/?{query}")
    assert page.status_code == 200
    assert message in text_of(page)
    assert "Interviews created from" in text_of(page)


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("created_from=2026-03-02", "from 2 Mar 2026 to 20 Mar 2026"),
        ("created_to=2026-03-02", "from 9 Dec 2025 to 2 Mar 2026"),
        ("created_from=2000-01-01", "from 1 Jan 2000 to 28 Dec 2001"),
        ("created_from=2027-01-01", "from 1 Jan 2027 to 1 Jan 2027"),
        ("created_to=2000-01-03", "from 1 Jan 2000 to 3 Jan 2000"),
        ("created_to=2199-12-31", "from 9 Oct 2199 to 31 Dec 2199"),
    ],
)
def test_one_day_is_enough(client, reader, query, days):
    assert days in text_of(client.get(f"/dashboard/?{query}"))


def test_nothing_of_late_shows_the_last_weeks_with_interviews(client, reader):
    story(24 * 200)
    text = text_of(client.get("/dashboard/"))
    assert "the last twelve weeks with interviews" in text
    assert "No interviews here" not in text


def test_no_interviews_at_all(client, reader):
    text = text_of(client.get("/dashboard/"))
    assert "No interviews here" in text
    assert "Interviews by week" not in text


def test_a_blind_reader_is_told_how_many_are_left_out(client, reader):
    hidden, shown = story(0, score=2.25), story(1, score=8.75)
    hidden.assignments.create(reviewer=reader)
    text = text_of(client.get("/dashboard/"))
    assert "1 scored interview is left out of every figure made from scores" in text
    assert "2.25" not in text
    assert "8.75" in text
    shown.assignments.create(reviewer=reader)
    text = text_of(client.get("/dashboard/"))
    assert "2 scored interviews are left out" in text
    assert "8.75" not in text
    assert "that you may see scores of" in text


def test_each_part_needs_its_permission(client, staff_user):
    for n in range(3):
        story(n, score=6.5, role="Nurse", user_email="ann@example.org")
    client.force_login(staff_user("analytics.view_dashboardstats", username="a"))
    page = client.get("/dashboard/")
    text = text_of(page)
    assert "Interviews by week and status" in text
    for hidden in ("6.5", "sky blue", "ann@example.org", "first score"):
        assert hidden not in text
    assert links_of(page) == []
    client.force_login(staff_user(*ALL[:2], username="b"))
    text = text_of(client.get("/dashboard/"))
    assert "6.5" in text
    assert "ann@example.org" not in text
    client.force_login(staff_user(ALL[0], ALL[3], username="c"))
    text = text_of(client.get("/dashboard/"))
    assert "sky blue" in text
    assert "Discrimination 1" not in text
    assert "6.5" not in text


def test_a_look_is_recorded_with_the_interviews_that_can_be_told_apart(client, reader):
    few = story(0, score=5, role="Cook")
    for n in range(5):
        story(n + 1, score=6, role="Nurse", user_email=f"p{n}@example.org")
    client.get("/dashboard/?difficulty=intermediate")
    (record,) = AccessRecord.objects.all()
    assert (record.actor, record.action, record.resource) == ("user:rita", "read", "dashboard")
    assert record.session_ids == [few.session_id]
    assert record.detail == "difficulty=intermediate"


@pytest.mark.parametrize("rows", [1, 50])
def test_dashboard_costs_ten_statements(client, reader, rows, django_assert_num_queries):
    for n in range(rows):
        story(n, score=5)
    # Django's session, the user with their permissions; recent, counts, judged,
    # hidden, their feedback, the newest, their questions; the access record.
    with django_assert_num_queries(10):
        client.get("/dashboard/")


def test_texts_are_escaped(client, reader):
    evil = "<script>alert(1)</script>"
    one = story(1, score=5, role=evil)
    one.questions.update(question_text=evil, category=evil)
    page = client.get("/dashboard/", {"role": evil})
    assert page.content.decode().count("<script") == 2  # the page's own
    assert evil in text_of(page) or "&lt;script&gt;" in page.content.decode()


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "–"), (0, "±0"), (0.004, "±0"), (0.75, "+0.75"), (-1.5, "−1.5"), (2, "+2")],
)
def test_differences_have_a_sign(value, text):
    assert signed(value) == text


@pytest.mark.parametrize(
    ("seconds", "text", "exact"),
    [
        (None, "–", "–"),
        (42.4, "42 s", "42 s"),
        (599, "9 min 59 s", "9 min 59 s"),
        (1529, "25 min", "25 min 29 s"),
        (48_012, "13 h", "13 h 20 min"),
        (180_000, "2 d 2 h", "2 d 2 h"),
        (172_800, "2 d", "2 d"),
    ],
)
def test_durations_about(seconds, text, exact):
    assert (about(seconds), duration(seconds)) == (text, exact)
