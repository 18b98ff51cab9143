from django.urls import URLPattern, path

from interviewdata.record.pages.copies import session_copies
from interviewdata.record.pages.gallery import gallery
from interviewdata.record.pages.live import live
from interviewdata.record.pages.person_export import person_export
from interviewdata.record.pages.session_drafts import session_draft
from interviewdata.record.pages.session_jobs import session_analyse
from interviewdata.record.pages.session_list import session_export, session_list
from interviewdata.record.pages.session_peaks import session_peaks
from interviewdata.record.pages.session_record import session_record
from interviewdata.record.pages.session_report import session_report, session_report_candidate
from interviewdata.record.pages.transcript import transcript_correct

urlpatterns: list[URLPattern] = [
    path("sessions/", session_list, name="session-list"),
    path("live/", live, name="live"),
    path("ui-components/", gallery, name="ui-components"),
    # Not below sessions/: an imported interview may be called "export".
    path("export/sessions/", session_export, name="session-export"),
    path("export/people/<path:email>/", person_export, name="person-export"),
    path("sessions/<str:session_id>/", session_record, name="session-record"),
    path("sessions/<str:session_id>/analyse", session_analyse, name="session-analyse"),
    path("sessions/<str:session_id>/draft", session_draft, name="session-draft"),
    path("sessions/<str:session_id>/copies/", session_copies, name="session-copies"),
    path("sessions/<str:session_id>/peaks/<int:response_id>", session_peaks, name="session-peaks"),
    path("sessions/<str:session_id>/report/", session_report, name="session-report"),
    path(
        "sessions/<str:session_id>/report/candidate/",
        session_report_candidate,
        name="session-report-candidate",
    ),
    path("sessions/<str:session_id>/transcript/", transcript_correct, name="transcript-correct"),
]
