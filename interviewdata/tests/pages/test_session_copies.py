"""Answers like other people's, side by side; every interview that is shown is recorded."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from analytics.tests.test_near_copies_kept import SAID, said
from interviewdata.record.pages.copies import PERMISSIONS, Piece, pieces_of
from interviewdata.tests.pages.recorded import ALL, XSS, page_text, url_of
from sessions.models import AccessRecord


@pytest.fixture
def look(client, staff_user):
    def get(row):
        client.force_login(staff_user(*PERMISSIONS))
        return client.get(f"{url_of(row.session)}copies/")

    return get


def test_pair_stands_side_by_side(look):
    row = said(f"Well. {SAID}")
    other = said(f"{SAID} Indeed.", email="ben@example.org", question="And what then?")
    page = page_text(look(row))
    same = SAID.rstrip(".")
    assert f"Well. <mark>{same}</mark>" in page
    assert f"<mark>{same}</mark>. Indeed." in page
    assert f'href="{url_of(other.session)}">ben@example.org</a>' in page
    assert "And what then?" in page
    assert "Question" in page
    assert "in common" in page
    assert "They were asked different questions." in page
    assert "not a proof" in page
    assert "no part of any score" in page


def test_nothing_alike_is_said(look):
    assert "Nothing alike" in page_text(look(said(SAID)))


def test_every_interview_shown_is_recorded(look):
    row, other = said(SAID), said(SAID)
    said(" ".join(f"word{n}" for n in range(20)))
    look(row)
    (seen,) = AccessRecord.objects.filter(resource="near_copies")
    assert seen.session_ids == [row.session_id, other.session_id]
    assert seen.actor.startswith("user:")


@pytest.mark.parametrize("missing", PERMISSIONS)
def test_each_permission_is_needed(client, staff_user, missing):
    row = said(SAID)
    client.force_login(staff_user(*(one for one in PERMISSIONS if one != missing)))
    assert client.get(f"{url_of(row.session)}copies/").status_code == 403
    assert not AccessRecord.objects.exists()


def test_unknown_interview(client, staff_user, db):
    client.force_login(staff_user(*PERMISSIONS))
    assert client.get("/sessions/none/copies/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_statements(client, staff_user, rows):
    row = said(SAID)
    for _ in range(rows):
        said(SAID)
    client.force_login(staff_user(*PERMISSIONS))
    with CaptureQueriesContext(connection) as captured:
        reply = client.get(f"{url_of(row.session)}copies/")
    assert page_text(reply).count("copies-pair") == rows
    statements = [q["sql"] for q in captured.captured_queries if "SAVEPOINT" not in q["sql"]]
    assert len(statements) == 6, statements


@pytest.mark.parametrize("attack", XSS)
def test_hostile_texts_stay_texts(look, attack):
    row = said(f"{attack} {SAID} {attack}", question=attack)
    other = said(f"{attack} {SAID} {attack}", question=f"{attack} too", email=f"x{attack}"[:200])
    other.session.role = attack
    other.session.save()
    body = look(row).content.decode()
    assert "<mark>" in body
    if set(attack) & set("<\"'>"):
        assert attack not in body


def test_record_page_leads_here_for_those_who_may(client, staff_user):
    row = said(SAID)
    url = f"{url_of(row.session)}copies/"
    client.force_login(staff_user(*ALL))
    assert f'href="{url}"' in client.get(url_of(row.session)).content.decode()
    client.force_login(staff_user(PERMISSIONS[0], PERMISSIONS[3], username="sam"))
    assert url not in client.get(url_of(row.session)).content.decode()


def test_pieces_cover_the_text_once():
    text = "abcdefghij"
    pieces = list(pieces_of(text, [(4, 8), (1, 3), (6, 9)]))
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.text for piece in pieces if piece.is_same] == ["bc", "efgh", "i"]


def test_long_stretches_lose_their_middle():
    text = "a" * 5_000 + "b" * 50 + "c" * 10_000
    pieces = list(pieces_of(text, [(5_000, 5_050)]))
    assert Piece("b" * 50, is_same=True) in pieces
    assert sum(piece.is_left_out for piece in pieces) == 2
    assert sum(len(piece.text) for piece in pieces) < 1_000
