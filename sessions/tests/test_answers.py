from sessions.models import UserResponse


def test_answer_again_is_the_same_row(api, interview):
    body = {"sessionId": interview, "questionIndex": 0, "answer": "I would measure first."}
    first = api.call("/api/interview/response", body).json()
    second = api.call("/api/interview/response", body).json()
    assert first["responseId"] == second["responseId"]
    assert UserResponse.objects.count() == 1


def test_late_retry_of_an_older_answer_changes_nothing(api, interview):
    older = {"sessionId": interview, "questionIndex": 0, "answer": "one"}
    newer = {"sessionId": interview, "questionIndex": 0, "answer": "two"}
    first = api.call("/api/interview/response", older).json()
    second = api.call("/api/interview/response", newer).json()
    again = api.call("/api/interview/response", older).json()
    assert again["responseId"] == first["responseId"]
    current = UserResponse.objects.get(is_current=True)
    assert (current.pk, current.revision) == (second["responseId"], 2)
