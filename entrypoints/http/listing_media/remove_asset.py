from http import HTTPStatus
from uuid import UUID

from litestar import delete
from litestar.di import NamedDependency
from litestar.params import FromPath

from application.batches.remove_asset import RemoveAsset, RemoveAssetCommand
from domain.ids import AssetId, BatchId
from entrypoints.http.documentation.answers import Success, answers
from entrypoints.http.reading.json_request import JsonRequest


@delete(
    "/media/uploads/{batch_id:uuid}/assets/{asset_id:uuid}",
    summary="Take a failed file out of its batch",
    responses=answers(
        {HTTPStatus.NO_CONTENT: Success("The batch is READY if what remains has been processed and packed.")},
        {
            HTTPStatus.FORBIDDEN: ["NOT_PERMITTED"],
            HTTPStatus.NOT_FOUND: ["BATCH_NOT_FOUND", "ASSET_NOT_FOUND"],
            HTTPStatus.CONFLICT: ["BATCH_IN_FLIGHT", "ASSET_NOT_REMOVABLE"],
        },
        takes_body=False,
    ),
)
async def delete_asset(
    request: JsonRequest, batch_id: FromPath[UUID], asset_id: FromPath[UUID], remove_asset: NamedDependency[RemoveAsset]
) -> None:
    await remove_asset(
        RemoveAssetCommand(principal=request.user, batch_id=BatchId(batch_id), asset_id=AssetId(asset_id))
    )
