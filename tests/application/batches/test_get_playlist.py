"""A playlist is served to whoever holds its link, and every reference in it is signed as it is read."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest

from application.batches.delete_batch import DeleteBatchCommand
from application.batches.get_playlist import PlaylistQuery
from application.ports.links import LinkRefused
from domain.assets.asset import Asset
from domain.assets.errors import AssetNotFound
from domain.ids import AssetId, BatchId
from tests.application.uploads import photos, video
from tests.application.world import PHOTOGRAPHER_PRINCIPAL, World
from tests.builders import IDS

LIFETIME = timedelta(minutes=60)


async def film(world: World) -> Asset:
    await world.open_listing()
    batch_id = await world.receive([video(), *photos("one")])
    await world.work()
    return await world.asset(batch_id, "film")


def follow(url: str) -> PlaylistQuery:
    parts = urlsplit(url)
    _, asset_id, name = parts.path.rsplit("/", 2)
    values = parse_qs(parts.query)
    return PlaylistQuery(
        asset_id=AssetId(UUID(asset_id)),
        name=name,
        expires=int(values["expires"][0]),
        signature=values["signature"][0],
    )


def link(world: World, asset_id: AssetId, name: str = "hls") -> PlaylistQuery:
    return follow(world.links.sign(asset_id, name, expires_at=world.now + LIFETIME))


async def test_a_player_gets_from_the_master_to_the_bytes(world: World) -> None:
    asset = await film(world)
    master = (await world.get_playlist(link(world, asset.id))).splitlines()
    assert master[:2] == ["#EXTM3U", "#EXT-X-STREAM-INF:BANDWIDTH=1"]

    rung = await world.get_playlist(follow(master[2]))

    media = [line for line in rung.splitlines() if line and not line.startswith("#")]
    in_a_tag = re.findall(r'URI="([^"]*)"', rung)
    assert len(media) == len(in_a_tag) == 1
    for url in [*media, *in_a_tag]:
        answer = world.http.send("GET", url)
        assert answer.status == 200
        assert answer.body == video().body
    assert "#EXTINF:2.0," in rung


async def test_what_it_leads_to_lives_no_longer_than_the_link(world: World) -> None:
    asset = await film(world)
    query = link(world, asset.id)
    world.clock.advance(LIFETIME - timedelta(seconds=5))
    master = await world.get_playlist(query)
    rung = follow(master.splitlines()[2])
    assert rung.expires == query.expires
    media = (await world.get_playlist(rung)).splitlines()[-1]
    assert world.http.send("GET", media).status == 200
    world.clock.advance(timedelta(seconds=5))
    assert world.http.send("GET", media).status == 403
    with pytest.raises(LinkRefused):
        await world.get_playlist(rung)


async def test_a_link_of_another_file_or_name_or_time_is_refused(world: World) -> None:
    asset = await film(world)
    ours = link(world, asset.id)
    foreign = [
        PlaylistQuery(asset_id=AssetId(IDS.new()), name=ours.name, expires=ours.expires, signature=ours.signature),
        PlaylistQuery(asset_id=asset.id, name="hls-720p", expires=ours.expires, signature=ours.signature),
        PlaylistQuery(asset_id=asset.id, name="hls", expires=ours.expires + 1, signature=ours.signature),
        PlaylistQuery(asset_id=asset.id, name="hls", expires=ours.expires, signature=""),
    ]
    for query in foreign:
        with pytest.raises(LinkRefused):
            await world.get_playlist(query)


@pytest.mark.parametrize("name", ["mp4-720p", "hls-720p-media", "original", "hls-1080p", "../hls"])
async def test_only_playlists_are_served(world: World, name: str) -> None:
    asset = await film(world)
    signed = world.links.sign(asset.id, name, expires_at=world.now + LIFETIME)
    values = parse_qs(urlsplit(signed).query)
    query = PlaylistQuery(
        asset_id=asset.id, name=name, expires=int(values["expires"][0]), signature=values["signature"][0]
    )
    with pytest.raises(AssetNotFound):
        await world.get_playlist(query)


async def test_of_a_photo_or_nothing_there_is_no_playlist(world: World) -> None:
    asset = await film(world)
    photo = await world.asset(asset.batch_id, "one")
    for asset_id in (photo.id, AssetId(IDS.new())):
        with pytest.raises(AssetNotFound):
            await world.get_playlist(link(world, asset_id))


async def test_a_deleted_batch_plays_nothing(world: World) -> None:
    asset = await film(world)
    batch_id: BatchId = asset.batch_id
    await world.delete_batch(DeleteBatchCommand(principal=PHOTOGRAPHER_PRINCIPAL, batch_id=batch_id))
    with pytest.raises(AssetNotFound):
        await world.get_playlist(link(world, asset.id))
