"""The use cases of the media library, wired to whatever a World holds."""

from datetime import timedelta
from functools import cached_property

from adapters.sniffing.magic import MagicTypeSniffer
from application.media.complete_upload import CompleteUpload
from application.media.expire_unfinished import ExpireUnfinished
from application.media.file_inspector import FileInspector
from application.media.presign_upload import PresignUpload
from application.media.promote_media import PromoteMedia
from application.media.release_from_quarantine import ReleaseFromQuarantine
from application.media.sweep_staging import SweepStaging
from application.media.unfinished_uploads import UnfinishedUploads
from application.media.upload_media import UploadMedia
from application.storage.streamed_uploads import StreamedUploads
from domain.media.kind import SizeLimits
from tests.application.stubs import StubImageProbe
from tests.application.use_cases import UseCases

MEDIA_URL = "https://vitrine.example/api/v2/media"
URL_LIFETIME = timedelta(minutes=15)
UPLOAD_WINDOW = timedelta(hours=24)


class MediaUseCases(UseCases):
    size_limits: SizeLimits
    probe: StubImageProbe

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
            log=self.log,
            media_url=MEDIA_URL,
        )

    @cached_property
    def unfinished_uploads(self) -> UnfinishedUploads:
        return UnfinishedUploads(begin=self.begin, store=self.store, clock=self.clock, log=self.log)

    @cached_property
    def streamed_uploads(self) -> StreamedUploads:
        return StreamedUploads(store=self.store, uploads=self.multipart, log=self.log)

    @cached_property
    def upload_media(self) -> UploadMedia:
        return self.make_upload_media()

    def make_upload_media(self, *, at_once: int = 32, patience_seconds: float = 20) -> UploadMedia:
        return UploadMedia(
            begin=self.begin,
            streams=self.streamed_uploads,
            inspector=self.inspector,
            promote=self.promote_media,
            unfinished=self.unfinished_uploads,
            clock=self.clock,
            ids=self.ids,
            log=self.log,
            limits=self.size_limits,
            at_once=at_once,
            patience=timedelta(seconds=patience_seconds),
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
            unfinished=self.unfinished_uploads,
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
