"""Progress, signs of life and running interviews over the API."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sessions import feed
from sessions.models import AccessRecord, InterviewEvent, InterviewPresence, InterviewSession
from sessions.services.abandon import abandon_silent
from sessions.services.session import abandon_session
from sessions.streams import ticket

pytestmark = pytest.mark.django_db
SEE = "interview_sessions.view_interviewsession"
PRESENCE = "/api/interview/presence"
LIVE = "/api/interview/live"


def progress_url(session_id):
    return f"/api/interview/progress/{session_id}"


def answer(api, session_id, index=0, text="So."):
    body = {"sessionId": session_id, "questionIndex": index, "answer": text}
    assert api.call("/api/interview/response", body).status_code == 200


def blocks(reply):
    """The events of a stream: name, id, data."""
    import json

    found = []
    for block in reply.content.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if "data" in lines:
            found.append((lines["event"], lines.get("id"), json.loads(lines["data"])))
    return found


@pytest.fixture
def staff(new_browser, staff_user):
    browser = new_browser()
    browser.force_login(staff_user(SEE))
    return browser


# -- progress -------------------------------------------------------------------------------------


def test_progress_says_how_far_it_is_and_what_the_last_event_was(api, interview):
    answer(api, interview)
    body = api.call(progress_url(interview)).json()
    assert body["progress"] == {
        "answered": 1,
        "total": 3,
        "currentQuestionIndex": 1,
        "completionRate": 0.3333,
    }
    assert body["status"] == "active"
    assert body["lastEventId"] == InterviewEvent.objects.latest("id").pk
    assert body["presence"] is None
    assert body["stream"] is None
    assert "events" not in body


def test_events_after_one_come_once_and_in_order(api, interview):
    first = api.call(progress_url(interview)).json()["lastEventId"]
    for index in range(3):
        answer(api, interview, index)
    body = api.call(f"{progress_url(interview)}?after={first}").json()
    assert [e["data"]["answered"] for e in body["events"]] == [1, 2, 3]
    assert body["more"] is False
    again = api.call(f"{progress_url(interview)}?after={body['events'][-1]['id']}").json()
    assert again["events"] == []


def test_more_says_that_there_is_more(api, interview, monkeypatch):
    for index in range(3):
        answer(api, interview, index)
    everything = feed.events_after
    monkeypatch.setattr(feed, "events_after", lambda s, after: everything(s, after, limit=2))
    body = api.call(f"{progress_url(interview)}?after=0").json()
    assert (len(body["events"]), body["more"]) == (2, True)


def test_what_is_unchanged_is_not_sent_again(api, interview):
    first = api.call(progress_url(interview))
    etag = first["ETag"]
    for sent in ("*", f'"old", {etag}'):
        assert api.call(progress_url(interview), If_None_Match=sent).status_code == 304
    for sent in ('"old"', etag[:-2] + '"', "x" * 500, "W/", ""):
        assert api.call(progress_url(interview), If_None_Match=sent).status_code == 200
    unchanged = api.call(progress_url(interview), If_None_Match=etag)
    assert (unchanged.status_code, unchanged.content, unchanged["ETag"]) == (304, b"", etag)
    answer(api, interview)
    assert api.call(progress_url(interview), If_None_Match=etag).status_code == 200


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 30, "١"])
def test_bad_after_is_named(api, interview, after):
    reply = api.get(progress_url(interview), {"after": after})
    assert reply.status_code == 400
    assert list(reply.json()["fields"]) == ["after"]


def test_a_stream_begins_with_how_it_is(api, interview):
    reply = api.call(progress_url(interview), Accept="text/event-stream")
    assert reply["Content-Type"] == "text/event-stream"
    assert reply.content.startswith(b"retry: 2000\n\n")
    (one,) = blocks(reply)
    assert one[0] == "snapshot"
    assert one[1] == str(InterviewEvent.objects.latest("id").pk)
    assert one[2]["progress"]["total"] == 3


@pytest.mark.parametrize("how", ["header", "query"])
def test_a_stream_goes_on_after_the_last_event(api, interview, how):
    (start,) = blocks(api.call(progress_url(interview), Accept="text/event-stream"))
    answer(api, interview)
    answer(api, interview, 1)
    url, headers = progress_url(interview), {"Accept": "text/event-stream"}
    if how == "header":
        headers["Last-Event-ID"] = start[1]
    else:
        url += f"?after={start[1]}"
    found = blocks(api.get(url, headers=headers))
    assert [(name, data["data"]["answered"]) for name, _id, data in found] == [
        *(("answered", 1), ("answered", 2))
    ]
    again = api.get(url, headers={**headers, "Last-Event-ID": found[-1][1]})
    assert blocks(again) == []


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_strangers_get_nothing(new_browser, interview, accept):
    own = new_browser().call(progress_url(interview), Accept=accept)
    assert own.status_code == 404
    assert own.json()["code"] == "not_found"


def test_staff_leave_a_record_where_something_was_read(staff, interview):
    reply = staff.get(progress_url(interview))
    assert reply.status_code == 200
    staff.get(progress_url(interview), headers={"If-None-Match": reply["ETag"]})
    record = AccessRecord.objects.get()
    assert (record.resource, record.session_ids) == ("progress", [interview])


@pytest.mark.parametrize("events", [1, 50])
def test_statements_of_progress(api, interview, events):
    session = InterviewSession.objects.get(session_id=interview)
    for _ in range(events):
        InterviewEvent.objects.create(session=session, kind="asked", at=timezone.now())
    with CaptureQueriesContext(connection) as captured:
        api.call(f"{progress_url(interview)}?after=0")
    assert len(captured) == 3  # access; progress; events


# -- tickets --------------------------------------------------------------------------------------


def test_a_ticket_is_given_where_streams_are_open(api, interview, settings):
    settings.EVENTS_URL = "http://127.0.0.1:8001"
    stream = api.call(progress_url(interview)).json()["stream"]
    assert stream["url"] == f"http://127.0.0.1:8001{progress_url(interview)}"
    assert ticket.read(f"Bearer {stream['ticket']}") == ticket.Ticket(interview)


def test_a_ticket_opens_its_own_interview_alone(api, new_browser, interview):
    other = new_browser()
    made = other.call("/api/interview/create-session", {"userEmail": "bob@example.org"}).json()
    given = {"Authorization": f"Bearer {ticket.issue(interview)}", "Accept": "text/event-stream"}
    stranger = new_browser()
    assert stranger.call(progress_url(interview), **given).status_code == 200
    assert stranger.call(progress_url(made["sessionId"]), **given).status_code == 404
    assert stranger.call(LIVE, **given).status_code == 404
    assert stranger.call(f"/api/interview/session-data/{interview}", **given).status_code == 404
    body = {"sessionId": interview, "questionIndex": 0, "answer": "So."}
    assert stranger.call("/api/interview/response", body, **given).status_code == 404


def test_a_ticket_is_good_for_a_minute(api, new_browser, interview, time_machine):
    given = {"Authorization": f"Bearer {ticket.issue(interview)}"}
    time_machine.move_to(timezone.now() + timedelta(seconds=ticket.OPENS_WITHIN_SECONDS + 2))
    assert new_browser().call(progress_url(interview), **given).status_code == 404


@pytest.mark.parametrize("text", ["", "stream_", "stream_x:y:z", "stream_" + "a" * 700])
def test_garbage_is_no_ticket(text):
    assert ticket.read(f"Bearer {text}") is None


# -- signs of life --------------------------------------------------------------------------------


def test_a_sign_of_life_is_kept_newest_only(api, interview):
    for state in ("thinking", "recording"):
        body = {"sessionId": interview, "state": state, "questionIndex": 1, "unsent": 2}
        reply = api.call(PRESENCE, body)
        assert reply.status_code == 200
    assert reply.json()["progress"]["total"] == 3
    kept = InterviewPresence.objects.get()
    assert (kept.state, kept.question_index, kept.unsent) == ("recording", 1, 2)
    shown = api.call(progress_url(interview)).json()["presence"]
    assert (shown["state"], shown["questionIndex"], shown["unsent"]) == ("recording", 1, 2)
    assert InterviewEvent.objects.filter(kind="presence").count() == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("state", "asleep"),
        ("state", None),
        ("questionIndex", -1),
        ("questionIndex", "x"),
        ("unsent", -1),
        ("unsent", 10**9),
    ],
)
def test_bad_signs_are_named_and_not_kept(api, interview, field, value):
    reply = api.call(PRESENCE, {"sessionId": interview, "state": "thinking", field: value})
    assert reply.status_code == 400
    assert list(reply.json()["fields"]) == [field]
    assert not InterviewPresence.objects.exists()


def test_strangers_give_no_sign(new_browser, interview):
    reply = new_browser().call(PRESENCE, {"sessionId": interview, "state": "thinking"})
    assert reply.status_code == 404
    assert not InterviewPresence.objects.exists()


def test_a_sign_brings_an_abandoned_interview_back(api, interview):
    abandon_session(session_id=interview)
    api.call(PRESENCE, {"sessionId": interview, "state": "thinking"})
    assert InterviewSession.objects.get().status == "active"
    assert InterviewEvent.objects.latest("id").kind == "resumed"


def test_statements_of_a_sign(api, interview):
    with CaptureQueriesContext(connection) as captured:
        api.call(PRESENCE, {"sessionId": interview, "state": "thinking"})
    assert len(captured) == 2  # access with progress; the sign


# -- running interviews ---------------------------------------------------------------------------


def test_running_interviews_are_those_with_a_sign_of_life(api, staff, interview):
    api.call(PRESENCE, {"sessionId": interview, "state": "writing", "questionIndex": 0})
    over = api.call("/api/interview/create-session", {"userEmail": "over@example.org"}).json()
    api.call("/api/interview/end", {"sessionId": over["sessionId"]})
    body = staff.get(LIVE).json()
    assert body["number"] == 1
    (one,) = body["interviews"]
    assert (one["sessionId"], one["userEmail"]) == (interview, "ann@example.org")
    assert one["presence"]["state"] == "writing"
    assert one["progress"]["total"] == 3
    record = AccessRecord.objects.get()
    assert (record.action, record.resource, record.session_ids) == ("list", "live", [interview])


def test_silent_interviews_do_not_run(staff, interview):
    long_ago = timezone.now() - timedelta(days=2)
    InterviewSession.objects.update(updated_at=long_ago)
    InterviewEvent.objects.update(at=long_ago)
    assert staff.get(LIVE).json()["interviews"] == []


def wait_until_settled():
    """On PostgreSQL readers of all wait for older transactions, also those of tests beside."""
    newest = InterviewEvent.objects.latest("id").pk
    deadline = time.monotonic() + 90
    while feed.last_place().id < newest and time.monotonic() < deadline:
        time.sleep(0.05)


@pytest.mark.django_db(transaction=True)  # what is not committed is not told to readers of all
def test_events_of_all_after_a_place(api, staff, interview):
    wait_until_settled()
    place = staff.get(LIVE).json()["place"]
    answer(api, interview)
    wait_until_settled()
    body = staff.get(f"{LIVE}?after={place}").json()
    assert [(e["sessionId"], e["kind"]) for e in body["events"]] == [(interview, "answered")]
    assert body["more"] is False
    found = blocks(staff.get(LIVE, headers={"Accept": "text/event-stream", "Last-Event-ID": place}))
    assert [(name, at) for name, at, _data in found] == [("answered", body["events"][0]["place"])]
    assert found[0][2]["interview"]["progress"]["answered"] == 1


@pytest.mark.parametrize("after", ["x", "1", "1-", "-1-2", "1-2-3", "9" * 50])
def test_bad_place_is_named(staff, after):
    assert list(staff.get(LIVE, {"after": after}).json()["fields"]) == ["after"]


def test_candidates_do_not_see_who_is_running(api, interview):
    assert api.call(LIVE).status_code == 404


@pytest.mark.parametrize("rows", [1, 20])
def test_statements_of_running_interviews(api, staff, rows):
    for number in range(rows):
        api.call("/api/interview/create-session", {"userEmail": f"p{number}@example.org"})
    with CaptureQueriesContext(connection) as captured:
        assert staff.get(LIVE).json()["number"] == rows
    # Session, user, its permissions (2); place, running, access record.
    assert len(captured) <= 7


# -- abandoned ------------------------------------------------------------------------------------


def test_silence_makes_an_interview_abandoned_and_says_so(interview):
    InterviewSession.objects.update(
        created_at=timezone.now() - timedelta(hours=5),
        updated_at=timezone.now() - timedelta(hours=3),
    )
    assert abandon_silent(silence=timedelta(hours=4)) == []
    assert abandon_silent(silence=timedelta(hours=2)) == [interview]
    assert abandon_silent(silence=timedelta(hours=2)) == []
    assert InterviewSession.objects.get().status == "abandoned"
    told = InterviewEvent.objects.latest("id")
    assert (told.kind, told.data["total"]) == ("abandoned", 3)


def test_a_page_that_is_there_is_a_sign_of_life(api, interview):
    api.call(PRESENCE, {"sessionId": interview, "state": "recording"})
    InterviewSession.objects.update(
        created_at=timezone.now() - timedelta(hours=5),
        updated_at=timezone.now() - timedelta(hours=5),
    )
    assert abandon_silent(silence=timedelta(hours=2)) == []


def test_completed_interviews_stay_completed(api, interview):
    api.call("/api/interview/end", {"sessionId": interview})
    InterviewSession.objects.update(updated_at=timezone.now() - timedelta(days=9))
    assert abandon_silent(silence=timedelta(hours=2)) == []


@pytest.mark.parametrize("number", [1, 30])
def test_statements_of_abandoning(number):
    from sessions.tests.factories import InterviewSessionFactory

    long_ago = timezone.now() - timedelta(days=1)
    InterviewSessionFactory.create_batch(number, created_at=long_ago, updated_at=long_ago)
    with CaptureQueriesContext(connection) as captured:
        assert len(abandon_silent(silence=timedelta(hours=2))) == number
    own = [q for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]]
    # Created: find, mark, tell, find no more. Active: find.
    assert len(own) == 5
