"""Every route with its kind, and for every kind who gets what. A new route is one new line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from interviewdata.common.wire.tus import PART_CONTENT_TYPE
from interviewdata.tests.access.world import FOREIGN, OWNERS, STRANGERS, Interview
from sessions.access import AUDIO_PERMISSION, RECORD_PERMISSIONS
from sessions.tests.uploads.tus_client import VERSION, metadata

SESSION = "interview_sessions.view_interviewsession"
STATS = "analytics.view_dashboardstats"
REVIEW = (
    "analytics.add_review",
    SESSION,
    "interview_sessions.view_interviewquestion",
    "interview_sessions.view_userresponse",
    "interview_sessions.view_transcript",
)

# -- who gets what: for their own, the foreign and the missing object ---------------------------
# seen: 200 and the interview's own word; ok: 200; none: 200 and nothing of anybody.
_EVERYBODY = ("strangers", "owners", "foreign", "staff without", "staff with", "superuser",
              "own cookie, staff without", "own cookie, staff with",
              "service without", "service with")  # fmt: skip
OUTCOMES: dict[str, dict[str, str]] = {
    # Candidates by grant, staff and services by permission.
    "read": {
        "strangers": "404 404 404",
        "owners": "seen 404 404",
        "foreign": "404 seen 404",
        "staff without": "403 403 403",
        "staff with": "seen seen 404",
        "superuser": "seen seen 404",
        "own cookie, staff without": "seen 403 403",
        "own cookie, staff with": "seen seen 404",
        "service without": "403 403 403",
        "service with": "seen seen 404",
    },
    # The same by POST: a staff cookie is worth nothing.
    "write": {
        "strangers": "404 404 404",
        "owners": "ok 404 404",
        "foreign": "404 ok 404",
        "staff without": "404 404 404",
        "staff with": "404 404 404",
        "superuser": "404 404 404",
        "own cookie, staff without": "ok 404 404",
        "own cookie, staff with": "ok 404 404",
        "service without": "403 403 403",
        "service with": "ok ok 404",
    },
    # By e-mail: never a 404, and nothing but the interviews of one's own grants.
    "person": {
        "strangers": "none none none",
        "owners": "seen none none",
        "foreign": "none seen none",
        "staff without": "403 403 403",
        "staff with": "seen seen none",
        "superuser": "seen seen none",
        "own cookie, staff without": "seen none none",
        "own cookie, staff with": "seen seen none",
        "service without": "403 403 403",
        "service with": "seen seen none",
    },
    "person by post": {
        "strangers": "none none none",
        "owners": "seen none none",
        "foreign": "none seen none",
        "staff without": "none none none",
        "staff with": "none none none",
        "superuser": "none none none",
        "own cookie, staff without": "seen none none",
        "own cookie, staff with": "seen none none",
        "service without": "403 403 403",
        "service with": "seen seen none",
    },
    # The candidate's own word, once the interview has ended: these still run. Nobody else's.
    "own word": {
        "strangers": "404 404 404",
        "owners": "409 404 404",
        "foreign": "404 409 404",
        "staff without": "404 404 404",
        "staff with": "404 404 404",
        "superuser": "404 404 404",
        "own cookie, staff without": "409 404 404",
        "own cookie, staff with": "409 404 404",
        "service without": "403 403 403",
        "service with": "403 403 403",
    },
    # Tables for staff and services; a candidate's own grant opens nothing.
    "list": {
        "strangers": "404 404 404",
        "owners": "404 404 404",
        "foreign": "404 404 404",
        "staff without": "403 403 403",
        "staff with": "seen seen seen",
        "superuser": "seen seen seen",
        "own cookie, staff without": "403 403 403",
        "own cookie, staff with": "seen seen seen",
        "service without": "403 403 403",
        "service with": "seen seen seen",
    },
    "row": {
        "strangers": "404 404 404",
        "owners": "404 404 404",
        "foreign": "404 404 404",
        "staff without": "403 403 403",
        "staff with": "seen seen 404",
        "superuser": "seen seen 404",
        "own cookie, staff without": "403 403 403",
        "own cookie, staff with": "seen seen 404",
        "service without": "403 403 403",
        "service with": "seen seen 404",
    },
    # Pages for staff: a login is asked for, a token is none. One object, or a list of many.
    "page": {
        "strangers": "302 302 302",
        "owners": "302 302 302",
        "foreign": "302 302 302",
        "staff without": "403 403 403",
        "staff with": "seen seen 404",
        "superuser": "seen seen 404",
        "own cookie, staff without": "403 403 403",
        "own cookie, staff with": "seen seen 404",
        "service without": "302 302 302",
        "service with": "302 302 302",
    },
    "page list": {
        "strangers": "302 302 302",
        "owners": "302 302 302",
        "foreign": "302 302 302",
        "staff without": "403 403 403",
        "staff with": "seen seen seen",
        "superuser": "seen seen seen",
        "own cookie, staff without": "403 403 403",
        "own cookie, staff with": "seen seen seen",
        "service without": "302 302 302",
        "service with": "302 302 302",
    },
    # The reader's own work alone: nothing of anybody for who has none.
    "own page": {
        "strangers": "302 302 302",
        "owners": "302 302 302",
        "foreign": "302 302 302",
        "staff without": "403 403 403",
        "staff with": "none none none",
        "superuser": "none none none",
        "own cookie, staff without": "403 403 403",
        "own cookie, staff with": "none none none",
        "service without": "302 302 302",
        "service with": "302 302 302",
    },
    # Where a page's form goes; asked by GET it answers nobody.
    "form": {
        "strangers": "302 302 302",
        "owners": "302 302 302",
        "foreign": "302 302 302",
        "staff without": "403 403 403",
        "staff with": "405 405 405",
        "superuser": "405 405 405",
        "own cookie, staff without": "403 403 403",
        "own cookie, staff with": "405 405 405",
        "service without": "302 302 302",
        "service with": "302 302 302",
    },
    # A page by e-mail: never a 404 for staff, who get the same empty page for whom nobody knows.
    "person page": {
        "strangers": "302 302 302",
        "owners": "302 302 302",
        "foreign": "302 302 302",
        "staff without": "403 403 403",
        "staff with": "seen seen none",
        "superuser": "seen seen none",
        "own cookie, staff without": "403 403 403",
        "own cookie, staff with": "seen seen none",
        "service without": "302 302 302",
        "service with": "302 302 302",
    },
    # Open to all; a service needs the permission to create.
    "create": dict.fromkeys(_EVERYBODY, "none none none") | {"service without": "403 403 403"},
    # Says the same to all.
    "public": dict.fromkeys(_EVERYBODY, "none none none"),
    "nothing": dict.fromkeys(_EVERYBODY, "404 404 404"),
    "by post": dict.fromkeys(_EVERYBODY, "405 405 405"),  # a form of everybody's, asked by GET
    "elsewhere": dict.fromkeys(_EVERYBODY, "302 302 302"),  # back to the page one came from
}


def group_of(principal: str) -> str:
    for name, members in (("strangers", STRANGERS), ("owners", OWNERS), ("foreign", FOREIGN)):
        if principal in members:
            return name
    return principal


def _word(interview: Interview) -> str:
    return interview.word


@dataclass(frozen=True)
class Route:
    """`path` and `body` are filled from the interview asked for; `shows` is the text that a
    reply holds when the interview is seen. What is no JSON has `headers` and `content`."""

    pattern: str
    kind: str
    path: str = ""
    method: str = "GET"
    body: Callable[[Interview], dict[str, Any]] | None = None
    permissions: tuple[str, ...] = ()
    shows: Callable[[Interview], str] = field(default=_word)
    headers: Callable[[Interview], dict[str, str]] | None = None
    content: bytes = b""
    status: int = 200  # of what was done

    def send(self, client: Any, interview: Interview, **headers: str) -> Any:
        """The reply to this call by `client`."""
        if self.headers is None:
            body = self.body(interview) if self.body else None
            return client.call(self.path_of(interview), body, **headers)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.generic(
            self.method,
            self.path_of(interview),
            self.content,
            content_type=PART_CONTENT_TYPE,
            headers={**VERSION, **self.headers(interview), **named},
        )

    @property
    def name(self) -> str:
        return f"{self.method} /{self.pattern}"

    def path_of(self, interview: Interview) -> str:
        return "/" + (self.path or self.pattern).format(i=interview)

    @property
    def is_list(self) -> bool:
        return self.kind in ("list", "page list")

    @property
    def is_page(self) -> bool:
        return not self.pattern.lstrip("^").startswith("api")


def _get(pattern: str, kind: str, path: str = "", *permissions: str, **more: Any) -> Route:
    return Route(pattern, kind, path, permissions=permissions, **more)


def _post(pattern: str, kind: str, body: Any, *permissions: str, **more: Any) -> Route:
    return Route(pattern, kind, method="POST", body=body, permissions=permissions, **more)


def _upload(method: str, status: int, content: bytes = b"", **headers: str) -> Route:
    """A call to the upload of an interview (tus)."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Route(
        "api/interview/uploads/<str:upload_id>",
        "write",
        "api/interview/uploads/{i.upload_id}",
        method,
        permissions=("interview_sessions.add_userresponse",),
        headers=lambda i: sent,
        content=content,
        status=status,
    )


def _begins_upload(i: Interview) -> dict[str, str]:
    return {"Upload-Length": "9", "Upload-Metadata": metadata(sessionId=i.session_id)}


def _table(name: str, id_name: str, permission: str, **more: Any) -> tuple[Route, Route]:
    """The two routes of one table of /api/v1/."""
    converter = "str" if id_name in ("session_id", "email") else "int"
    return (
        _get(f"api/v1/{name}", "list", f"api/v1/{name}", permission, **more),
        _get(f"api/v1/{name}/<{converter}:key>", "row", f"api/v1/{name}/{{i.{id_name}}}",
             permission, **more),
    )  # fmt: skip


def _of(**body: Any) -> Callable[[Interview], dict[str, Any]]:
    return lambda i: {"sessionId": i.session_id, **body}


_NEW = {"userEmail": "new@example.org", "role": "Nurse"}
_ID = "{i.session_id}"

ROUTES: tuple[Route, ...] = (
    _post("api/interview/create-session", "create", lambda i: _NEW,
          "interview_sessions.add_interviewsession"),
    _post("api/interview/start", "create", lambda i: _NEW,
          "interview_sessions.add_interviewsession"),
    _get("api/interview-modes", "public"),
    _post("api/interview-modes/questions", "write", _of(count=1, mode="technical"),
          "interview_sessions.add_interviewquestion"),
    _post("api/interview/question", "write", _of(questionText="Why?"),
          "interview_sessions.add_interviewquestion"),
    _post("api/interview/response", "write", _of(questionIndex=0, answer="So."),
          "interview_sessions.add_userresponse"),
    Route("api/interview/uploads", "write", method="POST", headers=_begins_upload, status=201,
          permissions=("interview_sessions.add_userresponse",)),
    _upload("HEAD", 200),
    _upload("PATCH", 204, b"123", Upload_Offset="0"),
    _upload("DELETE", 204),
    _post("api/interview/end", "write", _of(), "interview_sessions.change_interviewsession"),
    _post("api/transcript/save", "write", _of(transcriptData={"text": "So."}),
          "interview_sessions.add_transcript"),
    _post("api/feedback/save", "write", _of(overallScore=5), "analytics.add_feedback"),
    _get("api/feedback/analytics", "person", "api/feedback/analytics?email={i.email}",
         SESSION, "analytics.view_feedback"),
    _post("api/interview/group-data", "own word",
          _of(groups={"gender": "woman"}, consentVersion="1")),
    _post("api/analytics/save", "write", _of(voiceMetrics={"pace": 1}),
          "analytics.add_interviewanalytics"),
    _get("api/interview/session-data/<str:session_id>", "read",
         f"api/interview/session-data/{_ID}", *RECORD_PERMISSIONS),
    _get("api/interview/export/<str:session_id>", "read",
         f"api/interview/export/{_ID}", *RECORD_PERMISSIONS),
    _get("api/interview/progress/<str:session_id>", "read",
         f"api/interview/progress/{_ID}", SESSION, shows=lambda i: i.session_id),
    _post("api/interview/presence", "write", _of(state="thinking"),
          "interview_sessions.add_userresponse"),
    _get("api/interview/live", "list", "api/interview/live", SESSION),
    _get("api/interview/audio/<int:response_id>", "read",
         "api/interview/audio/{i.response_id}", AUDIO_PERMISSION),
    _get("api/interview/history/<str:email>", "person",
         "api/interview/history/{i.email}", SESSION, "analytics.view_feedback"),
    _get("api/dashboard/stats/<str:email>", "person", "api/dashboard/stats/{i.email}",
         SESSION, STATS, shows=lambda i: '"totalInterviews":1'),
    _get("api/export/preview", "person", "api/export/preview?email={i.email}",
         *RECORD_PERMISSIONS, STATS, shows=lambda i: '"sessions":1'),
    _post("api/export/data", "person by post", lambda i: {"email": i.email},
          *RECORD_PERMISSIONS, STATS),
    _get("api/health", "public"),
    _get("api/schema", "public"),
    _get("api/schema/export", "public"),
    _get("api/docs", "public"),
    *_table("sessions", "session_id", SESSION),
    *_table("questions", "question_id", "interview_sessions.view_interviewquestion"),
    *_table("responses", "response_id", "interview_sessions.view_userresponse"),
    *_table("transcripts", "transcript_id", "interview_sessions.view_transcript"),
    *_table("feedback", "feedback_id", "analytics.view_feedback"),
    *_table("analytics", "session_id", "analytics.view_interviewanalytics"),
    *_table("stats", "email", STATS, shows=lambda i: i.email),
    _get("^api(?:/.*)?$", "nothing", "api/no/such/place"),
    _get("", "public"),
    _get("language", "elsewhere"),
    _get("texts/<str:language>.js", "public", "texts/de.js"),
    _get("interview/", "public"),
    _get("interview/terms", "public"),
    _get("interview/worker.js", "public"),
    _get("interview/forget", "by post"),
    _get("interview/invitation/<str:token>", "nothing", "interview/invitation/no-such-link"),
    _get("ui-components/", "nothing"),  # unless DEBUG is on, and tests run without
    _get("dashboard/", "page list", "dashboard/", STATS, "analytics.view_feedback"),
    _get("people/<path:email>/", "person page", "people/{i.email}/", SESSION, STATS,
         "analytics.view_feedback"),
    _get("export/people/<path:email>/", "person page", "export/people/{i.email}/",
         *RECORD_PERMISSIONS, STATS),
    _get("compare/", "page list", "compare/", SESSION, "analytics.view_feedback",
         "interview_sessions.view_userresponse"),
    _get("live/", "page list", "live/", SESSION),
    _get("sessions/", "page list", "sessions/", SESSION),
    _get("export/sessions/", "form", "export/sessions/", *RECORD_PERMISSIONS),
    _get("sessions/<str:session_id>/", "page", f"sessions/{_ID}/", *RECORD_PERMISSIONS),
    _get("sessions/<str:session_id>/analyse", "form", f"sessions/{_ID}/analyse", SESSION,
         "analytics.change_interviewanalytics"),
    _get("sessions/<str:session_id>/draft", "form", f"sessions/{_ID}/draft", SESSION,
         "analytics.view_feedback", "analytics.draft_feedback"),
    _get("sessions/<str:session_id>/copies/", "page", f"sessions/{_ID}/copies/", SESSION,
         "interview_sessions.view_interviewquestion", "interview_sessions.view_userresponse",
         "analytics.view_interviewanalytics"),
    _get("sessions/<str:session_id>/peaks/<int:response_id>", "page",
         f"sessions/{_ID}/peaks/{{i.response_id}}", AUDIO_PERMISSION,
         shows=lambda i: f'"responseId":{i.response_id}'),
    _get("reports/", "own page", "reports/", STATS),
    _get("reports/period/", "own page", "reports/period/", STATS, "analytics.view_feedback"),
    _get("reports/adverse-impact/", "own page", "reports/adverse-impact/",
         "analytics.view_adverse_impact"),
    _get("sessions/<str:session_id>/report/", "page", f"sessions/{_ID}/report/",
         *RECORD_PERMISSIONS),
    _get("sessions/<str:session_id>/report/candidate/", "page",
         f"sessions/{_ID}/report/candidate/", *RECORD_PERMISSIONS),
    _get("reviews/", "own page", "reviews/", *REVIEW),
    _get("sessions/<str:session_id>/review/", "page", f"sessions/{_ID}/review/", *REVIEW),
    _get("sessions/<str:session_id>/review/draft", "form", f"sessions/{_ID}/review/draft",
         *REVIEW),
    _get("sessions/<str:session_id>/transcript/", "page", f"sessions/{_ID}/transcript/",
         SESSION, "interview_sessions.view_transcript"),
)  # fmt: skip
