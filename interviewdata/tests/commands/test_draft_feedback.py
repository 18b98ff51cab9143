"""`draft_feedback`: one draft, here and now."""

from analytics.models import FeedbackDraft
from analytics.tests.test_drafts import interview, model, reply

__all__ = ["interview", "model"]
COMMAND = "draft_feedback"


def test_draft_is_made_and_printed(run, model, interview):
    model.says(reply())
    ran = run(COMMAND, interview.session_id)
    assert ran.code == 0
    assert ran.out.startswith("Draft by a model, not a judgement (small-model).")
    made = FeedbackDraft.objects.get()
    assert f"Kept as feedback {made.feedback_id}, by small-model." in ran.err


def test_refused_draft_is_a_failure(run, model, interview):
    model.says(reply(quote="I wrote the kernel myself"))
    ran = run(COMMAND, interview.session_id)
    assert (ran.code, ran.out) == (1, "")
    assert "“I wrote the kernel myself”" in ran.err
    assert not FeedbackDraft.objects.exists()


def test_failing_model_is_a_failure(run, model, interview):
    model.sends(b"{}", 500)
    ran = run(COMMAND, interview.session_id)
    assert (ran.code, ran.out) == (1, "")
    assert "(500)" in ran.err


def test_unknown_interview(run, model):
    assert run(COMMAND, "none").code == 3


def test_switched_off(run, interview):
    ran = run(COMMAND, interview.session_id)
    assert ran.code == 2
    assert "DRAFTS_LLM_URL" in ran.err
