"""What is wrong with a configuration is said when a process starts, all at once."""

from datetime import timedelta

import pytest

from entrypoints.settings import InvalidSettings, Settings


def test_every_problem_is_named() -> None:
    with pytest.raises(InvalidSettings) as refusal:
        Settings.from_environment({"VITRINE_PORT": "many", "VITRINE_NOPE": "1", "VITRINE_BLOB_GRACE": "60"})
    assert [problem.split("=")[0].split(" ")[0] for problem in refusal.value.problems] == [
        "VITRINE_PORT",
        "VITRINE_NOPE",
        "VITRINE_BLOB_GRACE",
    ]


@pytest.mark.parametrize("url", ["VITRINE_DOWNLOAD_URL_LIFETIME", "VITRINE_UPLOAD_URL_LIFETIME"])
def test_bytes_outlive_every_url_to_them(url: str) -> None:
    short = {"VITRINE_DOWNLOAD_URL_LIFETIME": "1", "VITRINE_UPLOAD_URL_LIFETIME": "1"}
    with pytest.raises(InvalidSettings, match="VITRINE_BLOB_GRACE=5000"):
        Settings.from_environment({**short, url: "5000", "VITRINE_BLOB_GRACE": "5000"})
    Settings.from_environment({**short, url: "5000", "VITRINE_BLOB_GRACE": "5001"})


def test_networks_are_listed_and_those_that_are_none_are_named() -> None:
    allowed = Settings.from_environment({"VITRINE_WEB_ALLOWED_NETWORKS": "10.1.0.0/16, fd00::/8"}).web_networks
    assert [str(network) for network in allowed] == ["10.1.0.0/16", "fd00::/8"]
    assert Settings().web_networks == ()
    with pytest.raises(InvalidSettings, match=r"VITRINE_WEB_ALLOWED_NETWORKS: .*10\.1\.0\.1/16"):
        Settings.from_environment({"VITRINE_WEB_ALLOWED_NETWORKS": "10.1.0.1/16"})


def test_the_defaults_are_sound() -> None:
    assert Settings.from_environment({}) == Settings()


@pytest.mark.parametrize(
    ("given", "seconds"),
    [
        ({}, 20),
        ({"VITRINE_KAFKA_SERVERS": "broker:9092"}, 300),
        ({"VITRINE_DELETION_PATIENCE": "600"}, 600),
        ({"VITRINE_DELETION_PATIENCE": "5", "VITRINE_KAFKA_SERVERS": "broker:9092"}, 5),
    ],
)
def test_a_deletion_is_begun_again_after_what_was_said_or_what_suits_its_messages(
    given: dict[str, str], seconds: int
) -> None:
    assert Settings.from_environment(given).deletion_pause == timedelta(seconds=seconds)
