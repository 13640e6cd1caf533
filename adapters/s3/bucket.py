"""Making a bucket ready: it exists, browsers may use signed URLs, abandoned uploads go away."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from adapters.s3.connection import S3Connection
from adapters.s3.errors import error_code, translated

if TYPE_CHECKING:
    from types_aiobotocore_s3 import S3Client
    from types_aiobotocore_s3.literals import BucketLocationConstraintType
    from types_aiobotocore_s3.type_defs import CORSRuleTypeDef, LifecycleRuleUnionTypeDef

_log = logging.getLogger(__name__)

_REGION_WITHOUT_NAME = "us-east-1"
_RULE = "abort-abandoned-uploads"
_UNSUPPORTED = {"NotImplemented", "MethodNotAllowed", "UnsupportedOperation"}


async def prepare_bucket(
    connection: S3Connection, *, cors_origins: Sequence[str], abort_uploads_after_days: int = 2
) -> None:
    """Bring the bucket into this state; may be repeated. Raises Unavailable.

    Replaces the bucket's CORS rules, unless `cors_origins` is empty; adds one lifecycle rule to those that are there.
    """
    client, bucket = connection.client, connection.address.bucket
    with translated(f"prepare bucket {bucket}"):
        await _create(client, bucket, connection.address.region)
        if cors_origins:
            await client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [_cors_rule(cors_origins)]})
        try:
            await _abort_abandoned_uploads(client, bucket, abort_uploads_after_days)
        except ClientError as error:
            if error_code(error) not in _UNSUPPORTED:
                raise
            _log.warning("bucket %s has no lifecycle rules: abandoned uploads stay", bucket)


async def _create(client: "S3Client", bucket: str, region: str) -> None:
    try:
        await client.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != HTTPStatus.NOT_FOUND:
            raise
    else:
        return
    try:
        if region == _REGION_WITHOUT_NAME:
            await client.create_bucket(Bucket=bucket)
        else:
            place: BucketLocationConstraintType = region  # type: ignore[assignment]  # a setting, not one of a list
            await client.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": place})
    except client.exceptions.BucketAlreadyOwnedByYou:
        _log.info("bucket %s was created by another process", bucket)


def _cors_rule(origins: Sequence[str]) -> "CORSRuleTypeDef":
    return {
        "AllowedOrigins": list(origins),
        "AllowedMethods": ["GET", "HEAD", "PUT"],
        "AllowedHeaders": ["content-type", "x-amz-checksum-sha256", "range"],
        "ExposeHeaders": ["ETag", "Accept-Ranges", "Content-Range", "Content-Disposition"],
        "MaxAgeSeconds": 3600,
    }


async def _abort_abandoned_uploads(client: "S3Client", bucket: str, days: int) -> None:
    ours: LifecycleRuleUnionTypeDef = {
        "ID": _RULE,
        "Status": "Enabled",
        "Filter": {"Prefix": ""},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": days},
    }
    others = [rule for rule in await _lifecycle_rules(client, bucket) if rule.get("ID") != _RULE]
    await client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [*others, ours]})


async def _lifecycle_rules(client: "S3Client", bucket: str) -> "list[LifecycleRuleUnionTypeDef]":
    try:
        answer = await client.get_bucket_lifecycle_configuration(Bucket=bucket)
    except ClientError as error:
        if error_code(error) != "NoSuchLifecycleConfiguration":
            raise
        return []
    return list(answer["Rules"])
