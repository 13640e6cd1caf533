"""The use cases of the media library, wired to whatever a World holds."""

from datetime import timedelta
from functools import cached_property

from adapters.auth.links import HmacLinkSigner
from adapters.sniffing.magic import MagicTypeSniffer
from application.attachments.entity_types import EntityTypes
from application.attachments.foresee_deletion import ForeseeDeletion
from application.attachments.list_usages import ListUsages
from application.attachments.request_deletion import RequestDeletion
from application.media.complete_upload import CompleteUpload
from application.media.expire_unfinished import ExpireUnfinished
from application.media.file_inspector import FileInspector
from application.media.get_media import GetMedia
from application.media.get_media_playlist import GetMediaPlaylist
from application.media.list_media import ListMedia
from application.media.media_links import MediaLinks
from application.media.presign_upload import PresignUpload
from application.media.promote_media import PromoteMedia
from application.media.release_from_quarantine import ReleaseFromQuarantine
from application.media.staging import Staging
from application.media.sweep_staging import SweepStaging
from application.media.unfinished_uploads import UnfinishedUploads
from application.media.update_media import UpdateMedia
from application.media.upload_media import UploadMedia
from application.media.upload_places import UploadPlaces
from application.playback.sign_playlist import SignPlaylist
from application.storage.streamed_uploads import StreamedUploads
from domain.media.kind import SizeLimits
from tests.application.stubs import StubImageProbe
from tests.application.use_cases import UseCases

MEDIA_URL = "https://vitrine.example/api/v2/media"
URL_LIFETIME = timedelta(minutes=15)
UPLOAD_WINDOW = timedelta(hours=24)
CONFIDENTIAL_LIFETIME = timedelta(minutes=5)


class MediaUseCases(UseCases):
    size_limits: SizeLimits
    part_size: int
    probe: StubImageProbe
    entity_types: EntityTypes

    @cached_property
    def media_playlist_links(self) -> HmacLinkSigner:
        return HmacLinkSigner(secret=b"a secret of tests", base_url=f"{MEDIA_URL}/hls")

    @cached_property
    def media_links(self) -> MediaLinks:
        return MediaLinks(
            signer=self.signer,
            links=self.media_playlist_links,
            clock=self.clock,
            lifetime=self.limits.download_url_lifetime,
            confidential_lifetime=CONFIDENTIAL_LIFETIME,
        )

    @cached_property
    def get_media(self) -> GetMedia:
        return GetMedia(begin=self.begin, links=self.media_links)

    @cached_property
    def list_media(self) -> ListMedia:
        return ListMedia(begin=self.begin, links=self.media_links)

    @cached_property
    def update_media(self) -> UpdateMedia:
        return UpdateMedia(begin=self.begin, clock=self.clock)

    @cached_property
    def get_media_playlist(self) -> GetMediaPlaylist:
        links = self.media_playlist_links
        sign = SignPlaylist(store=self.store, signer=self.signer, links=links)
        return GetMediaPlaylist(begin=self.begin, sign_playlist=sign, links=links, clock=self.clock)

    @cached_property
    def list_usages(self) -> ListUsages:
        return ListUsages(begin=self.begin, entity_types=self.entity_types)

    @cached_property
    def foresee_deletion(self) -> ForeseeDeletion:
        return ForeseeDeletion(begin=self.begin, entity_types=self.entity_types)

    @cached_property
    def request_deletion(self) -> RequestDeletion:
        return RequestDeletion(begin=self.begin, entity_types=self.entity_types, clock=self.clock, log=self.log)

    @cached_property
    def inspector(self) -> FileInspector:
        return FileInspector(sniffer=MagicTypeSniffer(), probe=self.probe)

    @cached_property
    def release_from_quarantine(self) -> ReleaseFromQuarantine:
        return ReleaseFromQuarantine(begin=self.begin, clock=self.clock, log=self.log)

    @cached_property
    def promote_media(self) -> PromoteMedia:
        return PromoteMedia(
            begin=self.begin,
            store=self.store,
            planner=self.derivative_planner,
            release=self.release_from_quarantine,
            clock=self.clock,
            ids=self.ids,
            media_url=MEDIA_URL,
        )

    @cached_property
    def unfinished_uploads(self) -> UnfinishedUploads:
        return UnfinishedUploads(begin=self.begin, staging=self.staging, clock=self.clock)

    @cached_property
    def staging(self) -> Staging:
        return Staging(store=self.store, log=self.log)

    @cached_property
    def streamed_uploads(self) -> StreamedUploads:
        return StreamedUploads(store=self.store, uploads=self.multipart, log=self.log, part_size=self.part_size)

    @cached_property
    def upload_media(self) -> UploadMedia:
        return self.make_upload_media()

    def make_upload_media(self, *, at_once: int = 32, patience_seconds: float = 20) -> UploadMedia:
        return UploadMedia(
            begin=self.begin,
            store=self.store,
            streams=self.streamed_uploads,
            inspector=self.inspector,
            promote=self.promote_media,
            staging=self.staging,
            unfinished=self.unfinished_uploads,
            clock=self.clock,
            ids=self.ids,
            log=self.log,
            limits=self.size_limits,
            places=UploadPlaces(at_once=at_once, patience=timedelta(seconds=patience_seconds)),
        )

    @cached_property
    def presign_upload(self) -> PresignUpload:
        return PresignUpload(
            begin=self.begin,
            signer=self.signer,
            clock=self.clock,
            ids=self.ids,
            limits=self.size_limits,
            url_lifetime=URL_LIFETIME,
        )

    @cached_property
    def complete_upload(self) -> CompleteUpload:
        return CompleteUpload(
            begin=self.begin,
            store=self.store,
            inspector=self.inspector,
            promote=self.promote_media,
            staging=self.staging,
            unfinished=self.unfinished_uploads,
            clock=self.clock,
            url_lifetime=URL_LIFETIME,
        )

    @cached_property
    def expire_unfinished(self) -> ExpireUnfinished:
        return ExpireUnfinished(
            begin=self.begin, unfinished=self.unfinished_uploads, clock=self.clock, window=UPLOAD_WINDOW
        )

    @cached_property
    def sweep_staging(self) -> SweepStaging:
        return SweepStaging(
            begin=self.begin, store=self.store, uploads=self.multipart, clock=self.clock, patience=URL_LIFETIME
        )
