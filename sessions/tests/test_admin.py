"""The admin of capture: what it shows, what it lets nobody do, what it records."""

import io
import json
import re
import zipfile
from datetime import timedelta
from html import unescape

import pytest
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from sessions import models
from sessions.access import RECORD_PERMISSIONS, token_digest
from sessions.models import AccessRecord, Invitation, ServiceToken
from sessions.services.access_record import record_access
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


def make_service_token(n: int) -> None:
    ServiceToken.objects.create(name=f"service {n}", token_sha256=f"{n:064x}")


def make_invitation(n: int) -> None:
    Invitation.objects.create(
        label=f"spring {n}", token_sha256=f"{n:064x}", expires_at=timezone.now()
    )


def make_record(n: int) -> None:
    record_access(actor=f"user:u{n}", action="read", resource="record", session_ids=["a", "b"])


# Model → (maker of a row, statements of its list: login's session and user, count, rows, and where
# there are: the first and last date, the months between, a filter's values, the access record).
LISTS = {
    "interviewsession": (lambda n: InterviewSessionFactory(), 7),
    "interviewquestion": (lambda n: InterviewQuestionFactory(), 7),
    "userresponse": (lambda n: UserResponseFactory(**SOUND), 7),
    "transcript": (lambda n: TranscriptFactory(), 7),
    "bankquestion": (lambda n: BankQuestionFactory(), 5),
    "accessgrant": (lambda n: AccessGrantFactory(), 6),
    "servicetoken": (make_service_token, 4),
    "invitation": (make_invitation, 4),
    "accessrecord": (make_record, 6),
}


@pytest.fixture
def boss(client, db):
    client.force_login(User.objects.create_superuser("boss"))
    return client


@pytest.fixture
def clerk(client, staff_user):
    """Signs a staff user with the named permissions in."""

    def sign_in(*permissions: str):
        client.force_login(staff_user(*permissions, username="clerk"))
        return client

    return sign_in


def list_url(name: str) -> str:
    return reverse(f"admin:interview_sessions_{name}_changelist")


def page_url(row: object) -> str:
    name = f"admin:interview_sessions_{row._meta.model_name}_change"
    return reverse(name, args=[row.pk])


def code_in(page: str) -> str:
    """What the message after saving shows once."""
    return unescape(re.search(r'<li class="warning">.*?<code>(.*?)</code>', page, re.DOTALL)[1])


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
    # The login's session and user, the interview, questions, answers, transcripts, feedback,
    # analytics, the access record.
    with django_assert_num_queries(9):
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


def test_interview_is_made_by_the_service(boss, new_browser):
    sent = {
        "user_email": " Ann@Example.org ",
        "role": "Cook",
        "interview_mode": "hr",
        "difficulty": "expert",
        "planned_duration": 45,
    }
    page = boss.post(reverse("admin:interview_sessions_interviewsession_add"), sent, follow=True)
    interview = models.InterviewSession.objects.get()
    assert (interview.user_email, interview.interview_mode) == ("ann@example.org", "hr")
    assert (interview.difficulty, interview.planned_duration) == ("expert", 45)
    assert interview.session_data == {"created_by": "boss"}
    # The history names the row, and the candidate's token opens it.
    from django.contrib.admin.models import LogEntry

    assert LogEntry.objects.get().object_id == str(interview.pk)
    header = {"Authorization": f"Bearer {code_in(page.content.decode())}"}
    url = f"/api/interview/session-data/{interview.session_id}"
    assert new_browser().get(url, headers=header).json()["session"]["id"] == interview.pk


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("user_email", "nobody"),
        ("role", ""),
        ("interview_mode", "chess"),
        ("planned_duration", "0"),
        ("planned_duration", "1441"),
    ],
)
def test_interview_with_bad_values_is_not_made(boss, field, value):
    sent = {
        "user_email": "ann@example.org",
        "role": "Cook",
        "interview_mode": "hr",
        "difficulty": "expert",
        "planned_duration": 45,
        field: value,
    }
    page = boss.post(reverse("admin:interview_sessions_interviewsession_add"), sent)
    assert list(page.context["adminform"].errors) == [field]
    assert models.InterviewSession.objects.count() == 0


def choose(client, action: str, *rows: object, follow: bool = False):
    sent = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(list_url(rows[0]._meta.model_name), sent, follow=follow)


def without_time(content: bytes) -> dict:
    document = json.loads(content)
    del document["export_info"]["exported_at"]
    return document


def test_export_of_one_goes_to_its_address(boss):
    interview = UserResponseFactory().session
    reply = choose(boss, "export_selected", interview)
    assert reply.status_code == 302
    assert reply["Location"] == f"/api/interview/export/{interview.session_id}"
    assert boss.get(reply["Location"]).status_code == 200


def test_export_of_several_is_a_zip_of_the_same_files(clerk):
    answers = [UserResponseFactory(), UserResponseFactory()]
    staff = clerk(*RECORD_PERMISSIONS)
    reply = choose(staff, "export_selected", *(answer.session for answer in answers))
    assert reply["Content-Type"] == "application/zip"
    assert {tuple(r.session_ids) for r in AccessRecord.objects.filter(action="export")} == {
        (answer.session_id,) for answer in answers
    }
    with zipfile.ZipFile(io.BytesIO(reply.content)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    assert len(files) == 2
    for answer in answers:
        (content,) = (files[name] for name in files if answer.session_id in name)
        direct = staff.get(f"/api/interview/export/{answer.session_id}").content
        assert without_time(content) == without_time(direct)


def test_export_is_not_offered_without_its_permissions(clerk):
    interviews = [InterviewSessionFactory(), InterviewSessionFactory()]
    staff = clerk("interview_sessions.view_interviewsession")
    reply = choose(staff, "export_selected", *interviews)
    assert reply["Content-Type"] != "application/zip"
    assert AccessRecord.objects.filter(action="export").count() == 0
    assert b"Export as JSON" not in staff.get(page_url(interviews[0])).content


def test_mark_abandoned_moves_only_what_may_move(boss):
    active = InterviewSessionFactory(status="active", start_time=timezone.now())
    completed = InterviewSessionFactory(completed=True)
    page = choose(boss, "mark_abandoned", active, completed, follow=True).content.decode()
    assert "Abandoned: 1." in page
    assert "Completed interviews stay completed: 1." in page
    active.refresh_from_db()
    completed.refresh_from_db()
    assert (active.status, completed.status) == ("abandoned", "completed")


def test_mark_abandoned_takes_its_permission(clerk):
    active = InterviewSessionFactory(status="active")
    choose(clerk("interview_sessions.view_interviewsession"), "mark_abandoned", active)
    active.refresh_from_db()
    assert active.status == "active"


def bank_form(**changes: object) -> dict[str, object]:
    return {
        "key": "sql-1",
        "question_text": "What is an index?",
        "question_type": "technical",
        "mode": "technical",
        "role": "general",
        "category": "Databases",
        "difficulty": "beginner",
        "expected_keywords": " b-tree \r\n\r\nlookup\r\nlookup",
        "time_limit": "120",
        "is_active": "on",
        **changes,
    }


def test_bank_question_is_added_and_edited(boss):
    boss.post(reverse("admin:interview_sessions_bankquestion_add"), bank_form())
    row = models.BankQuestion.objects.get()
    assert (row.key, row.expected_keywords) == ("sql-1", ["b-tree", "lookup"])
    models.BankQuestion.objects.update(updated_at=timezone.now() - timedelta(days=1))
    boss.post(page_url(row), bank_form(key="other", time_limit="60", expected_keywords=""))
    row.refresh_from_db()
    # Interviews refer to the key: it stays.
    assert (row.key, row.time_limit, row.expected_keywords) == ("sql-1", 60, [])
    assert timezone.now() - row.updated_at < timedelta(hours=1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", "two words"),
        ("role", "Two Words"),
        ("mode", "chess"),
        ("time_limit", "5"),
        ("expected_keywords", "x" * 81),
        ("expected_keywords", "\n".join(map(str, range(51)))),
        ("question_text", ""),
    ],
)
def test_bad_bank_question_is_refused(boss, field, value):
    page = boss.post(
        reverse("admin:interview_sessions_bankquestion_add"), bank_form(**{field: value})
    )
    assert page.status_code == 200
    assert page.context["adminform"].errors
    assert models.BankQuestion.objects.count() == 0


def permission_ids(*names: str) -> list[int]:
    from django.contrib.auth.models import Permission

    return list(Permission.objects.filter(codename__in=names).values_list("pk", flat=True))


def test_service_token_is_shown_once_and_works(boss, api):
    url = reverse("admin:interview_sessions_servicetoken_add")
    sent = {"name": "reports", "permissions": permission_ids("view_interviewsession")}
    page = boss.post(url, sent, follow=True)
    token = code_in(page.content.decode())
    row = ServiceToken.objects.get()
    assert row.token_sha256 == token_digest(token)
    assert row.created_by.get_username() == "boss"
    header = {"Authorization": f"Bearer {token}"}
    assert api.get("/api/v1/sessions", headers=header).status_code == 200
    assert api.get("/api/v1/transcripts", headers=header).status_code == 403
    for again in (boss.get(list_url("servicetoken")), boss.get(page_url(row))):
        assert token not in again.content.decode()
        assert row.token_sha256 not in again.content.decode()
    choose(boss, "revoke_selected", row)
    assert api.get("/api/v1/sessions", headers=header).status_code == 404


def test_service_token_gets_no_more_than_its_maker_holds(clerk):
    staff = clerk("interview_sessions.add_servicetoken", "interview_sessions.view_interviewsession")
    url = reverse("admin:interview_sessions_servicetoken_add")
    sent = {"name": "sly", "permissions": permission_ids("view_interviewsession", "play_audio")}
    page = staff.post(url, sent)
    assert list(page.context["adminform"].errors) == ["permissions"]
    assert ServiceToken.objects.count() == 0


def test_keys_that_have_expired_are_not_made(boss):
    sent = {"name": "late", "label": "late", "expires_at_0": "2020-01-01", "expires_at_1": "00:00"}
    for name in ("servicetoken", "invitation"):
        page = boss.post(reverse(f"admin:interview_sessions_{name}_add"), sent)
        assert list(page.context["adminform"].errors) == ["expires_at"]
    assert (ServiceToken.objects.count(), Invitation.objects.count()) == (0, 0)


def test_revoking_takes_the_permission_to_change(clerk):
    make_service_token(1)
    row = ServiceToken.objects.get()
    choose(clerk("interview_sessions.view_servicetoken"), "revoke_selected", row)
    row.refresh_from_db()
    assert row.revoked_at is None


def test_invitation_link_admits_the_browser_that_opens_it(boss, new_browser, settings):
    settings.ADMISSION = "invite"
    sent = {"label": "spring", "expires_at_0": "2999-01-01", "expires_at_1": "00:00"}
    page = boss.post(reverse("admin:interview_sessions_invitation_add"), sent, follow=True)
    link = code_in(page.content.decode())
    assert link.startswith("http://testserver/interview/invitation/")
    guest, stranger = new_browser(), new_browser()
    body = {"userEmail": "ann@example.org"}
    assert guest.call("/api/interview/create-session", body).status_code == 403
    opened = guest.get(link)
    assert opened.status_code == 200
    assert "no-store" in opened["Cache-Control"]
    assert guest.call("/api/interview/create-session", body).status_code == 200
    assert stranger.call("/api/interview/create-session", body).status_code == 403
    choose(boss, "revoke_selected", Invitation.objects.get())
    assert guest.call("/api/interview/create-session", body).status_code == 403
    assert new_browser().get(link).status_code == 404


@pytest.mark.parametrize(
    "dead",
    [{"expires_at": timezone.now() - timedelta(days=1)}, {"revoked_at": timezone.now()}],
)
def test_dead_and_wrong_invitations_are_the_same_404(client, db, dead):
    fields = {"expires_at": timezone.now() + timedelta(days=1), **dead}
    Invitation.objects.create(label="old", token_sha256=token_digest("abc"), **fields)
    old, wrong = client.get("/interview/invitation/abc"), client.get("/interview/invitation/xyz")
    assert (old.status_code, wrong.status_code) == (404, 404)
    assert old.content == wrong.content


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
