"""`/people/<email>/`: one person's interviews, and everything of them as a file."""

import json
import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User

from analytics.services import person as service
from analytics.services.dashboard import rebuild_stats
from analytics.tests.factories import FeedbackFactory
from interviewdata.record.export_api import PERMISSIONS
from sessions.models import AccessRecord
from sessions.tests.factories import InterviewSessionFactory

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 3, 4, 9, tzinfo=UTC)
ANN = "ann@example.org"
PAGE = f"/people/{ANN}/"


@pytest.fixture
def reader(client, staff_user) -> User:
    user = staff_user(*PERMISSIONS)
    client.force_login(user)
    return user


def scored(n, score=None, *, email=ANN, author="ada", **feedback):
    one = InterviewSessionFactory(user_email=email, created_at=DAY + timedelta(hours=n))
    if score is not None:
        FeedbackFactory(session=one, overall_score=score, author=author, **feedback)
    rebuild_stats(email=email)
    return one


def text_of(page) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page.content.decode())))


def test_page_shows_interviews_figures_trend_and_feedback(client, reader):
    for n, score in enumerate((5, 6, 9)):
        scored(n, score, strengths=[f"Strength {n}"], categories={"Depth": 7})
    scored(1, 1.5, email="bob@example.org")
    text = text_of(client.get(PAGE))
    assert "Interviews 3" in text
    assert "Overall 6.67 average" in text
    assert "Best score 9" in text
    assert "+2 points an interview; the dashed line is the least-squares line." in text
    assert [text.count(f"Strength {n}") for n in range(3)] == [1, 1, 1]
    assert "Depth 7" in text
    assert "1.5" not in text


def test_candidates_own_view_is_shown_and_does_not_count(client, reader):
    one = scored(0, 5)
    FeedbackFactory(session=one, overall_score=9.5, source="candidate", created_at=DAY)
    rebuild_stats(email=ANN)
    text = text_of(client.get(PAGE))
    assert "The candidate’s own view; it does not count." in text
    assert "Overall 5 average" in text


@pytest.mark.parametrize(
    "spelling", ["Ann@Example.org", "%20ann@example.org", "ANN@EXAMPLE.ORG%20"]
)
def test_other_spellings_lead_to_the_page(client, reader, spelling):
    reply = client.get(f"/people/{spelling}/")
    assert (reply.status_code, reply["Location"]) == (302, PAGE)


def test_an_address_with_a_slash_has_a_page(client, reader):
    one = scored(0, email="a/b@example.org")
    page = client.get("/people/a/b@example.org/")
    assert page.status_code == 200
    assert one.session_id in page.content.decode()
    assert "/export/people/a/b@example.org/" in page.content.decode()


def test_blanks_are_nobody(client, reader):
    assert client.get("/people/%20/", follow=True).status_code == 200


def test_unknown_and_forgotten_people_get_the_same_page(client, reader):
    scored(0, email="gone@example.org").delete()
    pages = [client.get(f"/people/{name}@example.org/") for name in ("gone", "none")]
    texts = [text_of(page).replace("gone@", "none@") for page in pages]
    assert texts[0] == texts[1]
    assert "No interviews" in texts[0]
    assert "Export everything" not in texts[0]
    assert [record.detail for record in AccessRecord.objects.order_by("id")] == [
        "gone@example.org",
        "none@example.org",
    ]


def test_a_blind_reader_sees_no_score_made_from_the_hidden(client, reader):
    hidden, _shown = scored(0, 2.25, strengths=["secret"]), scored(1, 8.75)
    scored(2, 7)
    hidden.assignments.create(reviewer=reader)
    text = text_of(client.get(PAGE))
    assert "Hidden until your own score is in" in text
    assert "Averages, best score and trend are hidden" in text
    assert "8.75" in text
    for leaked in ("2.25", "secret", "average", "Best score"):
        assert leaked not in text
    export = json.loads(b"".join(client.get(f"/export/people/{ANN}/").streaming_content))
    assert [row["overall_score"] for row in export["feedback"]] == [8.75, 7]
    assert export["stats"]["avgOverallScore"] is None


def test_own_judgement_is_seen_while_blind(client, reader):
    one = scored(0, 2.25)
    FeedbackFactory(session=one, overall_score=4.5, author=reader.username)
    one.assignments.create(reviewer=reader)
    text = text_of(client.get(PAGE))
    assert "4.5" in text
    assert "2.25" not in text


def test_parts_need_their_permission(client, staff_user):
    scored(0, 6.25)
    client.force_login(staff_user("interview_sessions.view_interviewsession"))
    text = text_of(client.get(PAGE))
    assert "Backend Developer" in text
    for hidden in ("6.25", "average", "Feedback", "Export"):
        assert hidden not in text
    assert client.get(f"/export/people/{ANN}/").status_code == 403


def test_pages_lead_forth_and_back_and_miss_nobody(client, reader, monkeypatch):
    monkeypatch.setattr(service, "PAGE_ROWS", 2)
    ids = [scored(n // 2).session_id for n in range(5)][::-1]  # two of one moment
    seen, address = [], PAGE
    while address:
        page = client.get(address).content.decode()
        seen.append([one for one in ids if f"/sessions/{one}/" in page])
        found = re.search(r'href="([^"]+)" rel="next"', page)
        address = PAGE + unescape(found[1]) if found else ""
    assert [one for rows in seen for one in rows] == ids
    assert [len(rows) for rows in seen] == [2, 2, 1]
    back = re.search(r'href="([^"]+)" rel="prev"', page)
    assert back
    page = client.get(PAGE + unescape(back[1])).content.decode()
    assert [one for one in ids if f"/sessions/{one}/" in page] == seen[1]


@pytest.mark.parametrize("cursor", ["nonsense", "x" * 2000, "%00", "WyItY3JlYXRlZF9hdCJd"])
def test_a_foreign_cursor_shows_the_first_page(client, reader, cursor):
    one = scored(0)
    assert one.session_id in client.get(f"{PAGE}?cursor={cursor}").content.decode()


def test_export_is_everything_and_is_recorded(client, reader):
    scored(0, 5)
    scored(1, email="bob@example.org")
    reply = client.get(f"/export/people/{ANN}/")
    assert "attachment" in reply["Content-Disposition"]
    content = json.loads(b"".join(reply.streaming_content))
    assert [len(content[name]) for name in ("sessions", "feedback")] == [1, 1]
    assert content["stats"]["avgOverallScore"] == 5
    (record,) = AccessRecord.objects.all()
    assert (record.action, record.resource, record.detail) == ("export", "person", ANN)


def test_a_look_is_recorded_with_the_interviews(client, reader):
    one = scored(0, 5)
    client.get(PAGE)
    (record,) = AccessRecord.objects.all()
    assert (record.actor, record.action, record.detail) == ("user:rita", "read", ANN)
    assert record.session_ids == [one.session_id]


@pytest.mark.parametrize("rows", [1, 50])
def test_person_costs_eight_statements(client, reader, rows, django_assert_num_queries):
    for n in range(rows):
        scored(n, 5)
    # Django's session, the user with their permissions; interviews, their feedback,
    # trend; figures, whether they are hidden; the access record.
    with django_assert_num_queries(8):
        client.get(PAGE)
