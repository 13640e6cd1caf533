from http import HTTPStatus
from typing import Annotated

from litestar import Response, post
from litestar.di import NamedDependency

from application.licenses.submit_license import SubmitLicense, SubmitLicenseCommand
from domain.ids import MediaId
from entrypoints.http.answering import created
from entrypoints.http.documentation.answers import Success, answers, shown
from entrypoints.http.documentation.creates import Creates
from entrypoints.http.licenses import examples
from entrypoints.http.licenses.requests import SubmitLicenseBody
from entrypoints.http.licenses.responses import license_body
from entrypoints.http.reading.json_request import JsonRequest


@post(
    "/",
    operation_class=Creates,
    summary="Submit a license",
    responses=answers(
        {HTTPStatus.CREATED: Success("The license; its document is protected.", examples.SHOWN)},
        {HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"], HTTPStatus.CONFLICT: ["MEDIA_NOT_ATTACHABLE"]},
    ),
)
async def hand_in_license(
    request: JsonRequest,
    data: Annotated[SubmitLicenseBody, shown(examples.NEW)],
    submit_license: NamedDependency[SubmitLicense],
) -> Response[bytes]:
    """For those who run the store."""
    license_ = await submit_license(
        SubmitLicenseCommand(principal=request.user, number=data.number, media_id=MediaId(data.media_id))
    )
    return created(license_body(license_), request, license_.id)
