"""Configuration, from environment variables that start with VITRINE_.

Everything has a default that works on one machine. What is wrong is said all at once, by the names
that people typed.
"""

import os
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, get_type_hints

import msgspec
from msgspec import Meta

from application.processing.lease_keeper import LeasePolicy
from application.processing.plan import ProcessingPolicy
from domain.batches.limits import GIB, MIB, UploadLimits
from domain.batches.media_type import MediaCategory
from domain.jobs.estimate import Capacity
from domain.jobs.job import Provider
from domain.jobs.task import RetryPolicy
from domain.media.content_class import ContentClass
from domain.media.kind import SizeLimits
from domain.web.public_addresses import Network

PREFIX = "VITRINE_"

Positive = Annotated[int, Meta(ge=1)]
MediaBytes = Annotated[int, Meta(ge=1, le=5 * GIB)]
"""Stores copy no larger object in one go."""


def _about(text: str) -> Meta:
    return Meta(description=text)


class InvalidSettings(ValueError):
    def __init__(self, problems: list[str]) -> None:
        super().__init__("the configuration is wrong:\n  " + "\n  ".join(problems))
        self.problems = problems


_PATIENCE = 300
_PATIENCE_IN_PROCESS = 20


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Sizes in bytes, times in seconds. Lists are comma-separated."""

    data_dir: Annotated[str | None, _about("Where the embedded services keep their data; .vitrine when empty.")] = None

    work_dir: Annotated[str | None, _about("Scratch disk of the workers; below data_dir or /tmp when empty.")] = None

    host: Annotated[str, _about("Address that HTTP listens on.")] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535), _about("Port that HTTP listens on.")] = 8000
    public_url: Annotated[str | None, _about("Address of the API as clients see it.")] = None
    cors_origins: Annotated[str, _about("Web origins that may call the API and the bucket.")] = "*"

    database_url: Annotated[str | None, _about("postgresql://...; the embedded PostgreSQL when empty.")] = None
    s3_endpoint_url: Annotated[str | None, _about("S3 as Vitrine reaches it; embedded SeaweedFS when empty.")] = None
    s3_public_url: Annotated[str | None, _about("S3 as clients reach it; s3_endpoint_url when empty.")] = None
    s3_bucket: Annotated[str, _about("Bucket for all objects.")] = "vitrine"
    s3_region: Annotated[str, _about("Region in the signatures.")] = "us-east-1"
    s3_access_key: Annotated[str | None, _about("Access key of the store.")] = None
    s3_secret_key: Annotated[str | None, _about("Secret key of the store.")] = None

    kafka_servers: Annotated[str | None, _about("host:port,...; messages stay in the process when empty.")] = None
    kafka_prefix: Annotated[str, _about("Before every topic and group, where deployments share a cluster.")] = ""
    kafka_security: Annotated[
        Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"], _about("How Kafka is spoken to.")
    ] = "PLAINTEXT"
    kafka_sasl_mechanism: Annotated[
        Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"], _about("How SASL proves who we are.")
    ] = "SCRAM-SHA-512"
    kafka_username: Annotated[str | None, _about("User for SASL.")] = None
    kafka_password: Annotated[str | None, _about("Password for SASL.")] = None
    kafka_ca_file: Annotated[
        str | None, _about("Certificates that vouch for the brokers; the system's when empty.")
    ] = None
    kafka_partitions: Annotated[Positive, _about("Partitions of a new topic: the most consumers that share it.")] = 12
    kafka_replication: Annotated[Positive, _about("Copies of a new topic; 3 where there are as many brokers.")] = 1

    jwt_secret: Annotated[str | None, _about("HS256 secret of the tokens.")] = None
    jwks_url: Annotated[str | None, _about("Where the issuer publishes its keys (RS256, ES256).")] = None
    jwt_issuer: Annotated[str | None, _about("Required `iss`, when set.")] = None
    jwt_audience: Annotated[str | None, _about("Required `aud`, when set.")] = None
    link_secret: Annotated[str | None, _about("Signs links to playlists; shared by all API processes.")] = None
    webhook_secrets: Annotated[str, _about("Standard Webhooks secrets (whsec_...) of the external pipeline.")] = ""

    provider: Annotated[Literal["INTERNAL", "EXTERNAL"], _about("Who processes: our workers or a pipeline.")] = (
        "INTERNAL"
    )
    external_answer_within: Annotated[Positive, _about("An external job without an answer fails after this.")] = 21600

    upload_url_lifetime: Annotated[Positive, _about("Upload URLs.")] = 900
    download_url_lifetime: Annotated[Positive, _about("Download URLs.")] = 3600
    confidential_url_lifetime: Annotated[Positive, _about("Download URLs of confidential media.")] = 300
    upload_window: Annotated[Positive, _about("An uncompleted batch fails after this.")] = 86400
    photo_max_bytes: Annotated[Positive, _about("One photo or render.")] = 64 * MIB
    document_max_bytes: Annotated[Positive, _about("One document.")] = 256 * MIB
    video_max_bytes: Annotated[Positive, _about("One video.")] = 10 * GIB
    batch_max_bytes: Annotated[Positive, _about("One batch.")] = 50 * GIB
    media_image_max_bytes: Annotated[MediaBytes, _about("One image of the library.")] = 20 * MIB
    media_document_max_bytes: Annotated[MediaBytes, _about("One document of the library.")] = 20 * MIB
    media_video_max_bytes: Annotated[MediaBytes, _about("One video of the library.")] = 200 * MIB
    media_other_max_bytes: Annotated[MediaBytes, _about("Any other file of the library.")] = 20 * MIB
    media_upload_window: Annotated[Positive, _about("Media whose upload is not completed fail after this.")] = 86400
    media_uploads_at_once: Annotated[Positive, _about("Direct uploads of one process; each takes some 20 MiB.")] = 32
    attachment_image_max_bytes: Annotated[MediaBytes, _about("One image that is attached to a part or kit.")] = 10 * MIB
    attachment_document_max_bytes: Annotated[MediaBytes, _about("One PDF that is attached to a part or kit.")] = (
        100 * MIB
    )
    multipart_above: Annotated[Positive, _about("Larger files are uploaded in parts.")] = 64 * MIB
    part_size: Annotated[int, Meta(ge=5 * MIB), _about("Bytes of one part.")] = 16 * MIB

    web_deadline: Annotated[Positive, _about("Fetching a URL, redirects and body included, ends after this.")] = 30
    web_allowed_networks: Annotated[
        str, _about("Networks that are fetched from though they are not public (10.1.0.0/16); for tests and intranets.")
    ] = ""

    pixel_limit: Annotated[Positive, _about("Pixels of one picture.")] = 200_000_000
    video_max_seconds: Annotated[Positive, _about("Duration of one video.")] = 1800
    decoders: Annotated[Positive | None, _about("Decoder processes; one a core when empty.")] = None
    decoder_memory: Annotated[Positive, _about("Address space of one decoder process.")] = 1 * GIB
    image_workers: Annotated[Positive | None, _about("Image tasks at once; two more than decoders when empty.")] = None
    video_workers: Annotated[Positive, _about("Video tasks at once.")] = 1
    archive_workers: Annotated[Positive, _about("Archive tasks at once.")] = 2
    link_workers: Annotated[Positive, _about("Attached addresses fetched at once.")] = 4
    lease: Annotated[Positive, _about("A worker that is silent for this long has lost its task.")] = 30
    max_attempts: Annotated[Positive, _about("Attempts at one task.")] = 4
    blob_grace: Annotated[
        Positive, _about("Bytes that nobody holds are kept for so long; longer than any URL lives.")
    ] = 604_800
    deletion_patience: Annotated[
        Positive | None,
        _about(
            "A deletion without an end begins again after this, then twice as long; 300, 20 without Kafka, if empty."
        ),
    ] = None
    letters_kept: Annotated[Positive, _about("A dead letter that somebody has decided on is kept for so long.")] = (
        7_776_000
    )
    sweep_every: Annotated[Positive, _about("Pause of the sweeper.")] = 5
    staging_sweep_every: Annotated[Positive, _about("Pause between looks for staging objects left behind.")] = 600

    drain: Annotated[int, Meta(ge=0), _about("A process that is told to stop may finish its work for so long.")] = 20
    silence: Annotated[Positive, _about("A loop that does not come round for so long makes /livez fail.")] = 60
    otlp_endpoint: Annotated[str | None, _about("Collector of traces, OTLP over HTTP; not exported when empty.")] = None
    trace_sample: Annotated[float, Meta(ge=0, le=1), _about("Share of the traces begun here that is exported.")] = 1.0

    log_level: Annotated[Literal["debug", "info", "warning", "error"], _about("Least level that is logged.")] = "info"
    log_format: Annotated[Literal["console", "json"], _about("For people or for machines.")] = "console"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Raises InvalidSettings with every problem: values that do not fit, and names that do not exist."""
        given = {
            name.removeprefix(PREFIX).lower(): value
            for name, value in environment.items()
            if name.startswith(PREFIX) and value != ""
        }
        problems, values = [], {}
        hints = get_type_hints(cls, include_extras=True)
        for name, text in given.items():
            if name not in hints:
                problems.append(f"{PREFIX}{name.upper()} does not exist")
                continue
            try:
                values[name] = msgspec.convert(text, hints[name], strict=False)
            except msgspec.ValidationError as error:
                problems.append(f"{PREFIX}{name.upper()}={text!r}: {error}")
        settings = cls(**values)
        problems += _contradictions(settings)
        if problems:
            raise InvalidSettings(problems)
        return settings

    @property
    def origins(self) -> list[str]:
        return _listed(self.cors_origins)

    @property
    def webhooks(self) -> list[str]:
        return _listed(self.webhook_secrets)

    @property
    def web_networks(self) -> tuple[Network, ...]:
        return tuple(ip_network(network) for network in _listed(self.web_allowed_networks))

    @property
    def web_patience(self) -> timedelta:
        return timedelta(seconds=self.web_deadline)

    @property
    def base_url(self) -> str:
        return (self.public_url or f"http://{self.host}:{self.port}").rstrip("/")

    @property
    def playlist_url(self) -> str:
        return f"{self.base_url}/api/v2/listings/media/hls"

    @property
    def media_url(self) -> str:
        return f"{self.base_url}/api/v2/media"

    @property
    def media_playlist_url(self) -> str:
        return f"{self.base_url}/api/v2/media/hls"

    @property
    def confidential_lifetime(self) -> timedelta:
        return timedelta(seconds=self.confidential_url_lifetime)

    @property
    def external_patience(self) -> timedelta:
        return timedelta(seconds=self.external_answer_within)

    @property
    def embeds_services(self) -> bool:
        return self.database_url is None or self.s3_endpoint_url is None

    @property
    def limits(self) -> UploadLimits:
        return UploadLimits(
            max_bytes={
                MediaCategory.PHOTO: self.photo_max_bytes,
                MediaCategory.RENDER: self.photo_max_bytes,
                MediaCategory.DOCUMENT: self.document_max_bytes,
                MediaCategory.VIDEO: self.video_max_bytes,
            },
            max_batch_bytes=self.batch_max_bytes,
            multipart_above=self.multipart_above,
            part_size=self.part_size,
            upload_url_lifetime=timedelta(seconds=self.upload_url_lifetime),
            download_url_lifetime=timedelta(seconds=self.download_url_lifetime),
            upload_window=timedelta(seconds=self.upload_window),
        )

    @property
    def media_limits(self) -> SizeLimits:
        return SizeLimits(
            by_class={
                ContentClass.IMAGE: self.media_image_max_bytes,
                ContentClass.DOCUMENT: self.media_document_max_bytes,
                ContentClass.VIDEO: self.media_video_max_bytes,
                ContentClass.OTHER: self.media_other_max_bytes,
            }
        )

    @property
    def attachment_limits(self) -> SizeLimits:
        by_class = dict.fromkeys(ContentClass, self.attachment_image_max_bytes)
        return SizeLimits(by_class=by_class | {ContentClass.DOCUMENT: self.attachment_document_max_bytes})

    @property
    def upload_urls_live_for(self) -> timedelta:
        return timedelta(seconds=self.upload_url_lifetime)

    @property
    def media_upload_patience(self) -> timedelta:
        return timedelta(seconds=self.media_upload_window)

    @property
    def processing(self) -> ProcessingPolicy:
        return ProcessingPolicy(
            provider=Provider(self.provider),
            retry=RetryPolicy(max_attempts=self.max_attempts),
            capacity=Capacity(images=self.decoder_count, videos=self.video_workers),
        )

    @property
    def decoder_count(self) -> int:
        return self.decoders or os.cpu_count() or 2

    @property
    def image_places(self) -> int:
        """More than decoders, so that one file is fetched while another is decoded."""
        return self.image_workers or self.decoder_count + 2

    @property
    def grace_of_blobs(self) -> timedelta:
        return timedelta(seconds=self.blob_grace)

    @property
    def letters_kept_for(self) -> timedelta:
        return timedelta(seconds=self.letters_kept)

    @property
    def deletion_pause(self) -> timedelta:
        """Messages that stay in the process are lost when it is killed: there nothing is waited for that long."""
        usual = _PATIENCE if self.kafka_servers else _PATIENCE_IN_PROCESS
        return timedelta(seconds=self.deletion_patience or usual)

    @property
    def lease_policy(self) -> LeasePolicy:
        return LeasePolicy(duration=timedelta(seconds=self.lease))

    @property
    def drain_for(self) -> timedelta:
        return timedelta(seconds=self.drain)

    @property
    def longest_silence(self) -> timedelta:
        return timedelta(seconds=self.silence)

    def resolved_data_dir(self, default: Path) -> Path:
        return Path(self.data_dir).resolve() if self.data_dir else default


def _contradictions(settings: Settings) -> list[str]:
    problems = []
    longest = max(settings.download_url_lifetime, settings.upload_url_lifetime)
    if settings.blob_grace <= longest:
        problems.append(
            f"{PREFIX}BLOB_GRACE={settings.blob_grace}: bytes must outlive URLs to them, which live for {longest}"
        )
    try:
        _ = settings.web_networks
    except ValueError as error:
        problems.append(f"{PREFIX}WEB_ALLOWED_NETWORKS: {error}")
    return problems


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def describe() -> list[tuple[str, str, str]]:
    """Name, default and meaning of each setting, as the README shows them."""
    rows = []
    for field in msgspec.structs.fields(Settings):
        default: Any = field.default
        shown = "" if default is None else str(default)
        rows.append((PREFIX + field.name.upper(), shown, _meaning(field.type)))
    return rows


def _meaning(annotation: Any) -> str:
    return next((meta.description for meta in annotation.__metadata__ if meta.description), "")
