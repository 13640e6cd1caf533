from http import HTTPStatus
from uuid import UUID

from litestar import Response, delete
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.licenses.delete_license import DeleteLicense, DeleteLicenseCommand
from domain.ids import LicenseId
from entrypoints.http.answering import no_content
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@delete(
    "/{license_id:uuid}",
    summary="Delete a license",
    responses=answers(
        {HTTPStatus.NO_CONTENT: Success("It is gone, and its document is released.")},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["LICENSE_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["LICENSE_IN_FORCE", "CONCURRENT_UPDATE"],
        },
        takes_body=False,
    ),
)
async def remove_license(
    request: JsonRequest, license_id: FromPath[UUID], delete_license: NamedDependency[DeleteLicense]
) -> Response[None]:
    """For those who run the store, once it is REJECTED or EXPIRED."""
    await delete_license(DeleteLicenseCommand(principal=request.user, license_id=LicenseId(license_id)))
    return no_content()
