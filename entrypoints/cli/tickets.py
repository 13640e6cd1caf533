"""What the API has signed for a batch, and what the store has confirmed of it."""

from collections.abc import Sequence
from typing import TypeAlias

from entrypoints.cli.hashing import LocalFile
from entrypoints.cli.sending import Piece
from entrypoints.http.listing_media.requests import UploadedFileBody, UploadedPartBody
from entrypoints.http.listing_media.responses import UploadTicketBody, UploadTicketsBody

Place: TypeAlias = tuple[str, int | None]
"""A client id, and the number of a part where the file goes in parts."""


class TicketBook:
    """`issue` counts how often tickets were written in: whoever holds an older number has older URLs."""

    def __init__(self, files: Sequence[LocalFile], issued: UploadTicketsBody) -> None:
        self.issue = 0
        self._files = {file.client_id: file for file in files}
        self._tickets: dict[str, UploadTicketBody] = {}
        self._etags: dict[Place, str] = {}
        self.write_in(issued)

    def write_in(self, issued: UploadTicketsBody) -> None:
        """Newer tickets replace older ones; what has arrived needs none."""
        self.issue += 1
        for client_id in issued.uploaded or ():
            self._tickets.pop(client_id, None)
        for ticket in issued.files:
            self._tickets[ticket.client_id] = ticket
            for part in ticket.multipart.arrived if ticket.multipart else ():
                self._etags[ticket.client_id, part.part_number] = part.etag

    def confirm(self, place: Place, etag: str) -> None:
        """The store has taken it."""
        self._etags[place] = etag

    @property
    def open_places(self) -> list[Place]:
        """All that had not arrived when the tickets were issued."""
        return [place for ticket in self._tickets.values() for place in _places(ticket)]

    @property
    def arrived_bytes(self) -> int:
        return sum(self.arrived_bytes_of(file) for file in self._files.values())

    def arrived_bytes_of(self, file: LocalFile) -> int:
        ticket = self._tickets.get(file.client_id)
        if ticket is None:
            return file.size
        return file.size - sum(part.bytes for part in ticket.multipart.parts) if ticket.multipart else 0

    def piece(self, place: Place) -> Piece | None:
        """What to send there; None when it has arrived in the meantime."""
        client_id, number = place
        file, ticket = self._files[client_id], self._tickets.get(client_id)
        if ticket is None:
            return None
        if ticket.multipart is None:
            assert ticket.upload_url is not None
            return Piece(path=file.path, offset=0, size=file.size, url=ticket.upload_url, headers=ticket.headers or {})
        part = next((part for part in ticket.multipart.parts if part.part_number == number), None)
        if part is None:
            return None
        offset = (part.part_number - 1) * ticket.multipart.part_size
        return Piece(path=file.path, offset=offset, size=part.bytes, url=part.upload_url, headers=part.headers)

    def claims(self) -> list[UploadedFileBody]:
        """Every file with the ETags that we know: those of an interrupted run may be lost."""
        return [
            UploadedFileBody(
                client_id=client_id, etag=self._etags.get((client_id, None)), parts=self._parts(client_id) or None
            )
            for client_id in self._files
        ]

    def _parts(self, client_id: str) -> list[UploadedPartBody]:
        etags = {number: etag for (owner, number), etag in self._etags.items() if owner == client_id and number}
        return [UploadedPartBody(part_number=number, etag=etags[number]) for number in sorted(etags)]


def _places(ticket: UploadTicketBody) -> list[Place]:
    if ticket.multipart is None:
        return [(ticket.client_id, None)]
    return [(ticket.client_id, part.part_number) for part in ticket.multipart.parts]
