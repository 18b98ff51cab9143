"""`check_interview_data` and near copies: what it finds, what it sets right."""

from analytics.models import AnswerSignature
from analytics.tests.test_near_copies_kept import SAID, said
from sessions.services.counters import recount


def test_missing_signature_is_reported_and_repaired(run, db):
    row = said(SAID)
    recount(row.session_id)
    assert run("check_interview_data").code == 0
    AnswerSignature.objects.all().delete()
    found = run("check_interview_data")
    assert found.code == 1
    assert f"near_copies: answer_signatures {row.pk}: cannot be found by its text" in found.out
    assert "signature made anew" in run("check_interview_data", "--repair").out
    assert run("check_interview_data").code == 0
