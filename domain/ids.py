"""Identifiers. All are UUIDs of version 7, minted by the `Ids` port, so that they sort by time of birth."""

from typing import NewType
from uuid import UUID

StoreId = NewType("StoreId", UUID)
UserId = NewType("UserId", UUID)
ListingId = NewType("ListingId", UUID)
BookingId = NewType("BookingId", UUID)
BatchId = NewType("BatchId", UUID)
AssetId = NewType("AssetId", UUID)
JobId = NewType("JobId", UUID)
TaskId = NewType("TaskId", UUID)
DeadLetterId = NewType("DeadLetterId", UUID)
MediaId = NewType("MediaId", UUID)
BlobId = NewType("BlobId", UUID)
AttachmentId = NewType("AttachmentId", UUID)
ProductId = NewType("ProductId", UUID)
ProductMediaId = NewType("ProductMediaId", UUID)
VariantId = NewType("VariantId", UUID)
LicenseId = NewType("LicenseId", UUID)
AdId = NewType("AdId", UUID)
AttachmentSetId = NewType("AttachmentSetId", UUID)
SetAttachmentId = NewType("SetAttachmentId", UUID)
PartId = NewType("PartId", UUID)
KitId = NewType("KitId", UUID)
