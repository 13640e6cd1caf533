"""Whatever is done to a set, in any order: its cover is one of its attachments, and the one that the rules name."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.attachment_sets.attachment_set import CoverChange
from domain.attachment_sets.set_attachment import AttachmentType, SetAttachment
from domain.ids import SetAttachmentId
from tests.builders import IDS, NOW, OWNER, build_media, build_set_attachment, empty_set


class Covers(RuleBasedStateMachine):
    """The model knows the attachments by age, and says in plain words who is the cover."""

    def __init__(self) -> None:
        super().__init__()
        self.set = empty_set()
        self.now = NOW
        self.known: list[tuple[SetAttachmentId, AttachmentType]] = []
        self.cover: SetAttachmentId | None = None

    def _tick(self) -> None:
        self.now += timedelta(seconds=1)

    @rule(type_=st.sampled_from([AttachmentType.IMAGE, AttachmentType.PDF]))
    def add(self, type_: AttachmentType) -> None:
        self._tick()
        attachment = build_set_attachment(type=type_, created_at=self.now)
        change = self.set.add(attachment, now=self.now)
        takes_it = type_ is AttachmentType.IMAGE and self.cover is None
        assert change is (CoverChange.AUTOMATIC if takes_it else None)
        self.known.append((attachment.id, type_))
        if takes_it:
            self.cover = attachment.id

    @rule()
    def add_address(self) -> None:
        self._tick()
        attachment = SetAttachment.of_address(
            attachment_id=SetAttachmentId(IDS.new()), user_id=OWNER, title=None, url="https://a.example", now=self.now
        )
        assert self.set.add(attachment, now=self.now) is None
        self.known.append((attachment.id, AttachmentType.URL))

    @precondition(lambda self: any(type_ is AttachmentType.URL for _, type_ in self.known))
    @rule(data=st.data())
    def find_an_image_there(self, data: st.DataObject) -> None:
        place = data.draw(
            st.sampled_from([n for n, (_, type_) in enumerate(self.known) if type_ is AttachmentType.URL])
        )
        attachment_id, _ = self.known[place]
        change = self.set.receive_file(attachment_id, build_media(mime_type="image/png"), now=self.now)
        self.known[place] = (attachment_id, AttachmentType.IMAGE)
        assert (change is CoverChange.AUTOMATIC) == (self.cover is None)
        self.cover = self.cover or attachment_id

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def remove(self, data: st.DataObject) -> None:
        gone = data.draw(st.sampled_from(self.known))
        removed = self.set.remove(gone[0], now=self.now)
        assert removed is not None
        assert (removed.cover is not None) == (self.cover == gone[0])
        self.known.remove(gone)
        if self.cover == gone[0]:
            images = [each for each, type_ in self.known if type_ is AttachmentType.IMAGE]
            self.cover = images[0] if images else None
            assert removed.cover is (CoverChange.REASSIGNED if images else CoverChange.CLEARED)

    @precondition(lambda self: self.known)
    @rule(data=st.data())
    def choose(self, data: st.DataObject) -> None:
        chosen, _ = data.draw(st.sampled_from(self.known))
        assert (self.set.choose_cover(chosen, now=self.now) is None) == (self.cover == chosen)
        self.cover = chosen

    @rule()
    def clear(self) -> None:
        assert (self.set.clear_cover(now=self.now) is None) == (self.cover is None)
        self.cover = None

    @invariant()
    def agrees(self) -> None:
        assert self.set.cover_id == self.cover
        assert [each.id for each in self.set.attachments] == [each for each, _ in self.known]
        assert (self.set.cover is None) == (self.cover is None)


TestCovers = Covers.TestCase
