"""What is in deploy/ names only commands, settings and files that there are."""

import json
import re
from pathlib import Path

import pytest

from peer.cli import main
from peer.core.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").iterdir())
FILES = [*UNITS, DEPLOY / "environment", DEPLOY / "compose.yaml", DEPLOY / "Dockerfile"]


def commands() -> set[str]:
    return set(main.list_commands(main.make_context("peer", [], resilient_parsing=True)))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_setting_is_one_that_the_site_knows(file: Path) -> None:
    known = {f"PEER_{name.upper()}" for name in Settings.model_fields}
    named = set(re.findall(r"PEER_[A-Z_]+?(?=_FILE\b)|PEER_[A-Z_]+", file.read_text()))
    assert named <= known | {"PEER_KEYS"}, named - known


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_unit_starts_a_command_that_there_is(unit: Path) -> None:
    (command,) = re.findall(r"(?m)^ExecStart=\S+/peer (\w+)$", unit.read_text())
    assert command in commands()


def test_every_unit_is_shut_in_alike() -> None:
    inside = [
        unit.read_text().split("NoNewPrivileges=yes")[1].split("[Install]")[0] for unit in UNITS
    ]
    assert len(set(inside)) == 1
    assert "IPAddressDeny=any" in inside[0]


def test_containers_start_commands_that_there_are_and_show_https_alone() -> None:
    text = (DEPLOY / "compose.yaml").read_text()
    asked = re.findall(r"(?m)^    command: \[(\w+)\]$", text)
    assert sorted(asked) == ["web", "web", "worker"]
    assert set(asked) <= commands()
    assert re.findall(r"ports: (\[.*\])", text) == [json.dumps(["443:443"])]
    shared = text.count("network_mode: service:front")
    assert shared == 3  # the site's own processes by one anchor, the database, Redis


def test_the_ports_of_nginx_are_those_of_the_web_processes() -> None:
    behind = re.findall(
        r"server 127\.0\.0\.1:(\d+)", (DEPLOY / "nginx" / "commonroom.conf").read_text()
    )
    assert behind == re.findall(r'PORT: "(\d+)"', (DEPLOY / "compose.yaml").read_text())


def test_the_image_takes_along_what_the_site_needs() -> None:
    copied = set(re.findall(r"(?m)^COPY (.+) \S+$", (DEPLOY / "Dockerfile").read_text()))
    names = {name for line in copied for name in line.split()}
    assert all((ROOT / name).exists() for name in names)
    assert {"peer", "matching", "templates", "static", "requirements.lock"} <= names
