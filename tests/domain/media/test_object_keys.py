"""Where objects of the library lie, and whose they are by their key alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.batches.media_type import MediaType
from domain.batches.object_keys import original_key
from domain.checksum import Checksum
from domain.ids import AssetId, BatchId, ListingId, MediaId, StoreId
from domain.media.object_keys import (
    blob_in,
    blob_key,
    direct_key,
    direct_media,
    is_blob,
    media_of_rendition,
    rendition_key,
    staged_media,
    staging_key,
)
from tests.builders import IDS

ids = st.uuids()
checksums = st.binary(min_size=32, max_size=32).map(Checksum)


@given(ids.map(StoreId), ids.map(MediaId), checksums)
def test_a_key_says_whose_it_is(store_id: StoreId, media_id: MediaId, checksum: Checksum) -> None:
    staged, blob = staging_key(store_id, media_id), blob_key(store_id, checksum)
    direct = direct_key(store_id, media_id)
    rendition = rendition_key(store_id, media_id, "thumbnail", fence="1-1", extension="jpg")

    assert staged == f"staging/{store_id}/{media_id}"
    assert blob == f"{store_id}/cas/{checksum.hex}"
    assert direct == f"{store_id}/blobs/{media_id}"
    assert rendition == f"{store_id}/media/{media_id}/thumbnail.1-1.jpg"
    keys = (staged, blob, direct, rendition)
    assert [staged_media(key) for key in keys] == [media_id, None, None, None]
    assert [blob_in(key) for key in keys] == [None, (store_id, checksum), None, None]
    assert [direct_media(key) for key in keys] == [None, None, media_id, None]
    assert [is_blob(key) for key in keys] == [False, True, True, False]
    assert [media_of_rendition(key) for key in keys] == [None, None, None, media_id]


@given(ids.map(StoreId), ids.map(StoreId), checksums)
def test_two_stores_never_share_bytes(one: StoreId, another: StoreId, checksum: Checksum) -> None:
    assert (blob_key(one, checksum) == blob_key(another, checksum)) == (one == another)


@given(ids, st.text("./\\-a\0\n é0", max_size=30))
def test_what_is_not_a_key_of_ours_is_nobodys(some: object, noise: str) -> None:
    for key in (
        noise,
        f"staging/{some}",
        f"staging/{some}/{some}\n",
        f"staging/{some}/{some}/{noise}",
        f"x{some}/cas/{'0' * 64}",
        f"{some}/cas/{'0' * 63}",
        f"{some}/cas/{'0' * 64}{noise}x",
        f"x{some}/blobs/{some}",
        f"{some}/blobs/{some}/{noise}",
        f"{some}/blobs/{some}\n",
        f"{some}/media/{some}",
        f"{some}/media/{some}/",
        f"{some}/media/{some}/a/b",
    ):
        assert (staged_media(key), is_blob(key), media_of_rendition(key)) == (None, False, None)


@pytest.mark.parametrize("media_type", MediaType)
def test_an_original_of_a_listing_is_not_of_the_library(media_type: MediaType) -> None:
    key = original_key(ListingId(IDS.new()), media_type, BatchId(IDS.new()), AssetId(IDS.new()), "photo.jpg")

    assert (staged_media(key), is_blob(key), media_of_rendition(key)) == (None, False, None)
