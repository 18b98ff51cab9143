"""A report as a reply: the page, or the PDF that `?format=pdf` asks for."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from analytics.reports.document import Report
from analytics.reports.pdf import NoPdf, as_pdf


def wants_pdf(request: HttpRequest) -> bool:
    return request.GET.get("format", "").lower() == "pdf"


def report_reply(
    request: HttpRequest,
    report: Report,
    *,
    file_name: str,
    links: Sequence[tuple[str, str]] = (),
    form: object = None,
    problem: str = "",
) -> HttpResponse:
    """The report as this request asks for it. `links`: label and address of what belongs to it;
    `form`: what it is asked for with. Without the package for PDFs the page says what to do, with
    status 503."""
    query = request.GET.copy()
    query["format"] = "pdf"
    status = 200
    if wants_pdf(request):
        try:
            return _pdf(as_pdf(report), file_name)
        except NoPdf as error:
            problem, status = error.message, 503
    context = {
        "report": report,
        "links": links,
        "form": form,
        "problem": problem,
        "pdf_url": f"{request.path}?{query.urlencode()}",
    }
    return render(request, "analytics/reports/document.html", context, status=status)


def _pdf(content: bytes, file_name: str) -> HttpResponse:
    reply = HttpResponse(content, content_type="application/pdf")
    reply["Content-Disposition"] = content_disposition_header(True, file_name) or "attachment"
    reply["X-Content-Type-Options"] = "nosniff"
    return reply
