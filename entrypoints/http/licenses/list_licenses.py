from http import HTTPStatus

from litestar import Response, get
from litestar.di import NamedDependency

from application.licenses.list_licenses import ListLicenses, ListLicensesQuery
from domain.ids import LicenseId
from entrypoints.http.answering import answer
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.documentation.queried import queried
from entrypoints.http.licenses import examples
from entrypoints.http.licenses.responses import LicensePageBody, license_body
from entrypoints.http.reading.cursor import decode_cursor, encode_cursor
from entrypoints.http.reading.json_request import JsonRequest
from entrypoints.http.reading.page_parameters import PageParameters
from entrypoints.http.reading.query_string import read_parameters


@get(
    "/",
    operation_class=queried(PageParameters),
    summary="List licenses",
    responses=answers(
        {HTTPStatus.OK: Success("Newest first.", examples.PAGE)},
        {HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"], HTTPStatus.UNPROCESSABLE_ENTITY: ["VALIDATION_FAILED"]},
        takes_body=False,
    ),
)
async def find_licenses(request: JsonRequest, list_licenses: NamedDependency[ListLicenses]) -> Response[bytes]:
    """For those who run the store."""
    given = read_parameters(request, PageParameters)
    page = await list_licenses(
        ListLicensesQuery(
            principal=request.user,
            before=LicenseId(decode_cursor(given.cursor)) if given.cursor is not None else None,
            limit=given.limit,
        )
    )
    body = LicensePageBody(
        licenses=[license_body(license_) for license_ in page.licenses],
        next_cursor=encode_cursor(page.next_before) if page.next_before else None,
    )
    return answer(body, HTTPStatus.OK)
