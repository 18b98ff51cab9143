"""`record_answer` again (0003), now writing what happened into interview_events as well."""

from importlib import import_module
from typing import Any

from django.db import migrations

FUNCTION = """
CREATE OR REPLACE FUNCTION record_answer(
    p_session_id text, p_question_id bigint, p_question_index integer, p_question_text text,
    p_answer text, p_audio_path text, p_audio_sha256 text, p_audio_type text,
    p_audio_bytes bigint, p_audio_duration double precision,
    p_response_duration double precision, p_confidence double precision, p_emotion text,
    p_client_time timestamptz, p_fingerprint text, p_idempotency_key text, p_now timestamptz,
    OUT outcome text, OUT response_id bigint, OUT question_id bigint, OUT audio_path text,
    OUT late boolean, OUT answered integer, OUT total integer, OUT next_index integer
) LANGUAGE plpgsql AS $body$
#variable_conflict use_column
DECLARE
    interview record;
    asked record;
    last_revision integer;
BEGIN
    -- Everything that writes to one interview waits here, in order of arrival.
    SELECT status, start_time, end_time, total_questions, questions_answered,
           current_question_index
      INTO interview FROM interview_sessions WHERE session_id = p_session_id FOR UPDATE;
    IF NOT FOUND THEN outcome := 'no_session'; RETURN; END IF;

    IF p_question_id IS NOT NULL THEN
        SELECT id, question_text, question_index INTO asked FROM interview_questions
         WHERE session_id = p_session_id AND id = p_question_id;
    ELSE
        SELECT id, question_text, question_index INTO asked FROM interview_questions
         WHERE session_id = p_session_id AND question_index = p_question_index;
        IF FOUND AND p_question_text <> '' AND asked.question_text <> p_question_text THEN
            outcome := 'other_question'; RETURN;
        END IF;
    END IF;
    IF NOT FOUND THEN outcome := 'no_question'; RETURN; END IF;
    question_id := asked.id;

    SELECT id, audio_file_path, is_late INTO response_id, audio_path, late
      FROM user_responses WHERE question_id = asked.id AND fingerprint = p_fingerprint;
    IF FOUND THEN
        outcome := 'again';
        answered := interview.questions_answered;
        total := interview.total_questions;
        next_index := interview.current_question_index;
        RETURN;
    END IF;

    UPDATE user_responses SET is_current = false, updated_at = p_now
     WHERE question_id = asked.id AND is_current RETURNING revision INTO last_revision;
    late := interview.end_time IS NOT NULL AND p_now > interview.end_time;
    audio_path := p_audio_path;
    INSERT INTO user_responses (
        session_id, question_id, user_answer, audio_file_path, audio_sha256, audio_content_type,
        audio_bytes, audio_duration, response_duration, confidence_score, emotion_detected,
        revision, is_current, is_late, client_time, fingerprint, idempotency_key,
        created_at, updated_at
    ) VALUES (
        p_session_id, asked.id, p_answer, p_audio_path, p_audio_sha256, p_audio_type,
        p_audio_bytes, p_audio_duration, p_response_duration, p_confidence, p_emotion,
        COALESCE(last_revision, 0) + 1, true, late, p_client_time, p_fingerprint,
        p_idempotency_key, p_now, p_now
    ) RETURNING id INTO response_id;

    SELECT count(*), COALESCE(max(q.question_index), 0) INTO answered, next_index
      FROM user_responses r JOIN interview_questions q ON q.id = r.question_id
     WHERE r.session_id = p_session_id AND r.is_current;
    total := interview.total_questions;
    UPDATE interview_sessions SET
        questions_answered = answered,
        current_question_index = next_index,
        status = CASE WHEN status IN ('created', 'abandoned') THEN 'active' ELSE status END,
        start_time = CASE WHEN status = 'completed' THEN start_time
                          ELSE COALESCE(start_time, p_now) END,
        updated_at = p_now
     WHERE session_id = p_session_id;

    -- What happened, for those who watch and those who are told (sessions/services/events.py).
    IF interview.status = 'abandoned' THEN
        INSERT INTO interview_events (session_id, kind, at, data, position) VALUES (
            p_session_id, 'resumed', p_now, '{}', pg_current_xact_id()::text::bigint);
    END IF;
    INSERT INTO interview_events (session_id, kind, at, data, position) VALUES (
        p_session_id, 'answered', p_now, jsonb_build_object(
            'answered', answered, 'total', total, 'currentQuestionIndex', next_index,
            'questionIndex', asked.question_index - 1, 'responseId', response_id,
            'revision', COALESCE(last_revision, 0) + 1, 'hasAudio', p_audio_path <> '',
            'late', late), pg_current_xact_id()::text::bigint);
    outcome := 'new';
END
$body$
"""


def replace(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(FUNCTION, params=None)


def put_back(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        before = import_module("sessions.migrations.0003_record_answer")
        schema_editor.execute(before.FUNCTION, params=None)


class Migration(migrations.Migration):
    dependencies = [("interview_sessions", "0012_events")]
    operations = [migrations.RunPython(replace, put_back)]
