"""`/api/v1/`: who may read the tables of capture, and what is recorded of it."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from sessions.models import AccessRecord
from sessions.tests.factories import (
    InterviewSessionFactory,
    UserResponseFactory,
)
from sessions.tests.tokens import service_header
from sessions.tests.v1 import FACTORIES, LISTS, VIEW, service_of


@pytest.fixture
def service(api):
    return service_of(api)


def test_list_and_read_are_recorded_with_what_was_shown(api, staff_user):
    shown = UserResponseFactory()
    hidden = UserResponseFactory()
    api.force_login(staff_user(VIEW["responses"], username="rita"))
    api.get(f"/api/v1/responses?question_id={shown.question_id}")
    api.get(f"/api/v1/responses/{hidden.pk}")
    listed, read = AccessRecord.objects.order_by("id")
    assert (listed.actor, listed.action, listed.resource) == ("user:rita", "list", "responses")
    assert listed.session_ids == [shown.session_id]
    assert listed.detail == f"?question_id={shown.question_id}"
    assert (read.actor, read.action, read.session_ids) == ("user:rita", "read", [hidden.session_id])


def test_record_names_only_what_the_page_shows(service):
    now = timezone.now()
    made = [InterviewSessionFactory(created_at=now - timedelta(hours=n)) for n in range(5)]
    body = service("sessions", limit=2).json()
    for address in ("next", "previous"):
        query = {k: v[0] for k, v in parse_qs(urlsplit(body[address]).query).items()}
        body = service("sessions", **query).json()
    seen = [sorted(r.session_ids) for r in AccessRecord.objects.order_by("id")]
    first, second = (sorted(s.session_id for s in part) for part in (made[:2], made[2:4]))
    assert seen == [first, second, first]


def test_empty_list_is_recorded_too(service):
    assert service("responses", question_id=2**63 - 1).json()["results"] == []
    assert AccessRecord.objects.get().session_ids == []


@pytest.mark.django_db(transaction=True)
def test_list_outside_a_transaction_is_recorded(client):
    # Where PostgreSQL need not wait for the disk; the suite's own transactions hide that.
    header = service_header(VIEW["sessions"])
    shown = InterviewSessionFactory()
    assert len(client.get("/api/v1/sessions", headers=header).json()["results"]) == 1
    assert client.get(f"/api/v1/sessions/{shown.session_id}", headers=header).status_code == 200
    records = [(r.actor, r.action, r.session_ids) for r in AccessRecord.objects.order_by("id")]
    assert records == [
        ("service:reports", "list", [shown.session_id]),
        ("service:reports", "read", [shown.session_id]),
    ]


@pytest.mark.parametrize("resource", LISTS)
def test_candidates_and_strangers_get_404(api, new_browser, interview, resource):
    for client in (api, new_browser()):
        for path in (f"/api/v1/{resource}", f"/api/v1/{resource}/{interview}"):
            reply = client.get(path)
            assert reply.status_code == 404
            assert interview not in reply.content.decode()


def test_open_api_opens_nothing_of_this(api, interview, settings):
    settings.OPEN_API = True
    assert api.get("/api/v1/sessions").status_code == 404


def test_bearer_of_a_candidate_gets_404(api, new_browser):
    made = api.call("/api/interview/create-session", {"userEmail": "ann@example.org"}).json()
    header = {"Authorization": f"Bearer {made['accessToken']}"}
    reply = new_browser().get(f"/api/v1/sessions/{made['sessionId']}", headers=header)
    assert reply.status_code == 404


@pytest.mark.parametrize("resource", LISTS)
def test_staff_and_services_without_the_permission_get_403(api, staff_user, resource):
    row = FACTORIES[resource]()
    others = [name for key, name in VIEW.items() if key != resource]
    api.force_login(staff_user(*others))
    header = service_header(*others)
    for path in (f"/api/v1/{resource}", f"/api/v1/{resource}/{row.pk}"):
        assert api.get(path).status_code == 403
        reply = api.get(path, headers=header)
        assert reply.status_code == 403
        assert VIEW[resource] in reply.json()["error"]
    assert AccessRecord.objects.count() == 0


@pytest.mark.parametrize("field", ["revoked_at", "expires_at"])
def test_dead_service_token_gets_404(api, field):
    header = service_header(VIEW["sessions"], **{field: timezone.now() - timedelta(seconds=1)})
    assert api.get("/api/v1/sessions", headers=header).status_code == 404


def test_service_token_lives_until_it_expires(api):
    header = service_header(VIEW["sessions"], expires_at=timezone.now() + timedelta(hours=1))
    assert api.get("/api/v1/sessions", headers=header).status_code == 200


def test_writing_is_not_offered(service, api):
    reply = api.post("/api/v1/sessions", {}, content_type="application/json")
    assert reply.status_code == 405
    assert reply["Allow"] == "GET, HEAD, OPTIONS"
