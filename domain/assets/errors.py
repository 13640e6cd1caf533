from domain.errors import Conflict, NotFound
from domain.ids import AssetId


class AssetNotFound(NotFound):
    code = "ASSET_NOT_FOUND"

    def __init__(self, asset_id: AssetId) -> None:
        super().__init__(f"there is no asset {asset_id} in this batch")
        self.asset_id = asset_id


class AssetNotRemovable(Conflict):
    code = "ASSET_NOT_REMOVABLE"

    def __init__(self, asset_id: AssetId, why: str) -> None:
        super().__init__(f"asset {asset_id} cannot be removed: {why}")
        self.asset_id = asset_id
