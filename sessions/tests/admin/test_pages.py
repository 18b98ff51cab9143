"""The admin of capture: what it shows, to whom, and what it records."""

import re

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from sessions.access import RECORD_PERMISSIONS
from sessions.models import AccessRecord, Invitation
from sessions.services.access_record import record_access
from sessions.tests.admin.pages import choose, list_url, make_service_token, page_url
from sessions.tests.factories import (
    AccessGrantFactory,
    BankQuestionFactory,
    InterviewQuestionFactory,
    InterviewSessionFactory,
    TranscriptFactory,
    UserResponseFactory,
)

SOUND = {
    "audio_file_path": "a/b.webm",
    "audio_sha256": "0" * 64,
    "audio_content_type": "audio/webm",
    "audio_bytes": 4096,
    "audio_duration": 2.5,
}


def make_invitation(n: int) -> None:
    Invitation.objects.create(
        label=f"spring {n}", token_sha256=f"{n:064x}", expires_at=timezone.now()
    )


def make_record(n: int) -> None:
    record_access(actor=f"user:u{n}", action="read", resource="record", session_ids=["a", "b"])


# Model → (maker of a row, statements of its list: login's session and user, count, rows, and where
# there are: a filter's values, the access record).
LISTS = {
    "interviewsession": (lambda n: InterviewSessionFactory(), 5),
    "interviewquestion": (lambda n: InterviewQuestionFactory(), 5),
    "userresponse": (lambda n: UserResponseFactory(**SOUND), 5),
    "transcript": (lambda n: TranscriptFactory(), 5),
    "bankquestion": (lambda n: BankQuestionFactory(), 5),
    "accessgrant": (lambda n: AccessGrantFactory(), 4),
    "servicetoken": (make_service_token, 4),
    "invitation": (make_invitation, 4),
    "accessrecord": (make_record, 4),
}


@pytest.mark.parametrize("name", sorted(LISTS))
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_cost_the_same_for_any_rows(boss, django_assert_num_queries, name, rows):
    make, statements = LISTS[name]
    for n in range(rows):
        make(n)
    with django_assert_num_queries(statements):
        page = boss.get(list_url(name))
    assert page.status_code == 200
    assert len(page.context["cl"].result_list) == rows


@pytest.mark.parametrize("rows", [1, 3])
def test_interview_page_costs_the_same_for_any_rows(boss, django_assert_num_queries, rows):
    interview = InterviewSessionFactory()
    for n in range(rows):
        question = InterviewQuestionFactory(session=interview, question_index=n + 1)
        UserResponseFactory(question=question, is_current=False)
        UserResponseFactory(question=question, revision=2, **SOUND)
        TranscriptFactory(session=interview, author=f"a{n}")
    boss.get(page_url(interview))  # Django keeps content types from now on
    # The login's session and user, the interview, questions, answers, transcripts, whether
    # feedback is hidden from this user, feedback, analytics, the access record.
    with django_assert_num_queries(10):
        page = boss.get(page_url(interview))
    assert page.content.count(b"<audio") == rows


def test_interview_page_shows_all_that_belongs_to_it(boss):
    interview = InterviewSessionFactory(session_data={"campaign": "spring"})
    question = InterviewQuestionFactory(session=interview, question_text="Why <b>SQL</b>?")
    InterviewQuestionFactory(session=interview, question_text="And then?")
    UserResponseFactory(question=question, is_current=False, user_answer="At first this.")
    answer = UserResponseFactory(
        question=question, revision=2, user_answer="Then that.", is_late=True, **SOUND
    )
    TranscriptFactory(
        session=interview,
        transcript_data={"segments": [{"speaker": "ann", "text": "Good morning.", "start": 1.5}]},
    )
    foreign = UserResponseFactory(user_answer="Of somebody else.")
    page = boss.get(page_url(interview)).content.decode()
    assert "Why &lt;b&gt;SQL&lt;/b&gt;?" in page
    assert page.index("Then that.") < page.index("At first this.") < page.index("And then?")
    assert "Not answered." in page
    assert f'<audio controls preload="none" src="/api/interview/audio/{answer.pk}">' in page
    assert "<strong>ann:</strong> Good morning." in page
    assert "&quot;campaign&quot;: &quot;spring&quot;" in page
    assert "There is no feedback." in page
    assert foreign.user_answer not in page


def test_interview_page_opens_by_public_id_from_its_children(boss):
    answer = UserResponseFactory()
    page = boss.get(page_url(answer)).content.decode()
    link = re.search(r'href="([^"]*_to_field=session_id)"', page)[1]
    assert boss.get(link).context["original"] == answer.session


def test_sound_takes_its_own_permission(clerk):
    answer = UserResponseFactory(**SOUND)
    staff = clerk(*RECORD_PERMISSIONS)
    for url in (page_url(answer.session), page_url(answer)):
        assert b"<audio" not in staff.get(url).content
    assert b"listening needs the permission" in staff.get(page_url(answer.session)).content


def test_parts_of_an_interview_take_their_permissions(clerk):
    answer = UserResponseFactory(user_answer="canary answer", question__question_text="canary asks")
    TranscriptFactory(session=answer.session, transcript_data="canary said")
    url = page_url(answer.session)
    staff = clerk("interview_sessions.view_interviewsession")
    assert b"canary" not in staff.get(url).content
    user = User.objects.get(username="clerk")
    from django.contrib.auth.models import Permission

    user.user_permissions.add(Permission.objects.get(codename="view_interviewquestion"))
    page = staff.get(url).content
    assert b"canary asks" in page
    assert b"canary answer" not in page
    assert b"canary said" not in page


@pytest.mark.parametrize(
    "factory",
    [
        InterviewSessionFactory,
        InterviewQuestionFactory,
        UserResponseFactory,
        TranscriptFactory,
        AccessGrantFactory,
    ],
)
def test_evidence_is_not_changed_or_deleted(boss, factory):
    row = factory()
    before = type(row).objects.values().get(pk=row.pk)
    assert boss.get(page_url(row)).status_code == 200
    assert boss.post(page_url(row), {"user_email": "eve@example.org"}).status_code == 403
    name = f"admin:interview_sessions_{row._meta.model_name}_delete"
    assert boss.post(reverse(name, args=[row.pk]), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    boss.post(list_url(row._meta.model_name), chosen)
    assert type(row).objects.values().get(pk=row.pk) == before


@pytest.mark.parametrize(
    "name", ["interviewquestion", "userresponse", "transcript", "accessgrant", "accessrecord"]
)
def test_evidence_is_not_added(boss, name):
    assert boss.get(reverse(f"admin:interview_sessions_{name}_add")).status_code == 403


@pytest.mark.parametrize(
    ("factory", "resource"),
    [
        (InterviewSessionFactory, "interview_sessions"),
        (InterviewQuestionFactory, "interview_questions"),
        (UserResponseFactory, "user_responses"),
        (TranscriptFactory, "transcripts"),
    ],
)
def test_looks_are_recorded(boss, factory, resource):
    rows = [factory(), factory()]
    boss.get(list_url(rows[0]._meta.model_name))
    boss.get(page_url(rows[0]))
    listed, read = AccessRecord.objects.order_by("id")
    assert (listed.actor, listed.action, listed.resource) == ("user:boss", "list", resource)
    assert sorted(listed.session_ids) == sorted(row.session_id for row in rows)
    assert (read.actor, read.action, read.session_ids) == (
        "user:boss",
        "read",
        [rows[0].session_id],
    )


def test_refused_look_is_not_recorded(clerk):
    interview = InterviewSessionFactory()
    staff = clerk("interview_sessions.view_transcript")
    assert staff.get(page_url(interview)).status_code == 403
    assert staff.get(list_url("interviewsession")).status_code == 403
    assert AccessRecord.objects.count() == 0


def test_search_and_filters_find(boss):
    answer = UserResponseFactory(user_answer="an index on the order", **SOUND)
    UserResponseFactory(user_answer="nothing")

    def found(name: str, **query: str) -> list[int]:
        page = boss.get(list_url(name), query)
        assert page.status_code == 200
        return [row.pk for row in page.context["cl"].result_list]

    assert found("userresponse", q="index") == [answer.pk]
    assert found("userresponse", q=answer.session_id) == [answer.pk]
    assert found("userresponse", sound="yes") == [answer.pk]
    assert len(found("userresponse", sound="no")) == 1
    assert found("interviewquestion", q=answer.session_id) == [answer.question_id]
    assert found("interviewsession", q=answer.session.user_email) == [answer.session.pk]
    assert found("interviewsession", status__exact="completed") == []
    assert found("interviewquestion", difficulty="expert") == []
    assert len(found("interviewquestion", difficulty="nonsense")) == 2


def test_answers_page_links_question_and_hides_what_programs_read(boss):
    answer = UserResponseFactory(idempotency_key="key-of-a-client")
    page = boss.get(page_url(answer)).content.decode()
    assert page_url(answer.question) in page
    assert "key-of-a-client" not in page
    assert answer.fingerprint not in page


def test_transcript_page_shows_words_in_words(boss):
    transcript = TranscriptFactory(
        word_timestamps=[
            {"word": "hello", "start": 0.1, "end": 0.4, "confidence": 0.95},
            {"word": "ther", "start": 0.5, "end": 0.7, "confidence": 0.2},
            "noise",
        ]
    )
    page = boss.get(page_url(transcript)).content.decode()
    assert "2 words with times" in page
    assert "[ther?]" in page
    assert "hello there" in page


def test_grant_page_keeps_the_browsers_id_to_itself(boss):
    grant = AccessGrantFactory(browser_id="random-id-of-a-browser")
    for page in (boss.get(page_url(grant)), boss.get(list_url("accessgrant"))):
        assert b"a browser, and its token" in page.content
        assert b"random-id-of-a-browser" not in page.content
    choose(boss, "revoke_selected", grant)
    grant.refresh_from_db()
    assert grant.revoked_at is not None


def test_access_record_links_its_interviews(boss):
    interview = InterviewSessionFactory()
    record_access(
        actor="user:rita", action="read", resource="record", session_ids=[interview.session_id]
    )
    page = boss.get(page_url(AccessRecord.objects.get())).content.decode()
    link = re.search(r'href="([^"]*_to_field=session_id)"', page)[1]
    assert boss.get(link).context["original"] == interview


def test_pages_carry_no_inline_script_or_style(boss):
    answer = UserResponseFactory(**SOUND)
    TranscriptFactory(session=answer.session)
    urls = [page_url(answer.session), page_url(answer), list_url("userresponse")]
    urls.append(reverse("admin:interview_sessions_servicetoken_add"))
    for url in urls:
        reply = boss.get(url)
        assert "script-src 'self'" in reply["Content-Security-Policy"]
        page = reply.content.decode()
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page)
        scripts = re.findall(r"<script([^>]*)>", page)
        assert all("src=" in found or "application/json" in found for found in scripts)
        assert "<style" not in page


@pytest.mark.parametrize(
    "address",
    [
        "interviewsession/?status__exact=%00",
        "interviewsession/?role__startswith=a%00",
        "interviewsession/%00/change/?_to_field=session_id",
        "accessrecord/?actor=%00",
        "bankquestion/?role=%00",
    ],
)
def test_address_with_nul_is_a_bad_request(boss, address):
    assert boss.get(f"/admin/interview_sessions/{address}").status_code == 400
