import json

from sessions.tests.factories import InterviewQuestionFactory

ROWS = {
    "interview_sessions": 2,
    "interview_questions": 2,
    "user_responses": 0,
    "transcripts": 0,
    "feedback": 0,
    "dashboard_stats": 2,
    "interview_analytics": 0,
    "question_bank": 0,
}


def test_stats_prints_a_line_a_table(run):
    InterviewQuestionFactory.create_batch(2)
    ran = run("interview_stats")
    assert (ran.code, ran.err) == (0, "")
    assert [line.split() for line in ran.out.splitlines()] == [
        [table, str(count)] for table, count in ROWS.items()
    ]


def test_stats_as_json_is_one_object(run):
    InterviewQuestionFactory.create_batch(2)
    assert json.loads(run("interview_stats", "--json").out) == ROWS
