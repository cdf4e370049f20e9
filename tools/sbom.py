"""What the site is made of, as CycloneDX JSON on standard output: python3 tools/sbom.py > sbom.json

Read from requirements.lock (what is installed, with its hashes) and static/vendor/VENDOR.json
(what is served to browsers), so that it is never older than they are.
"""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
PINNED = re.compile(r"^([a-z0-9._-]+)==(\S+)", re.IGNORECASE)


def installed() -> dict[str, str]:
    """Every package of the lock and its version."""
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    return {found[1]: found[2] for line in lines if (found := PINNED.match(line))}


def served() -> list[dict[str, Any]]:
    """Everything of others that is kept in the repository."""
    manifest: list[dict[str, Any]] = json.loads(
        (ROOT / "static/vendor/VENDOR.json").read_text(encoding="utf-8")
    )
    return manifest


def _component(name: str, version: str, address: str, licence: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"type": "library", "name": name, "version": version, "purl": address}
    return found | ({"licenses": [{"license": {"id": licence}}]} if licence else {})


def _kept(each: dict[str, Any]) -> dict[str, Any]:
    name, version = each["name"], each["version"]
    package = each.get("npm")
    address = f"pkg:npm/{quote(package)}@{version}" if package else f"pkg:generic/{name}@{version}"
    return _component(name, version, address, each["licence"])


def bill() -> dict[str, Any]:
    """The bill of materials."""
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    version = re.search(r'^version = "(.+)"$', project, re.MULTILINE)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "name": "commonroom",
                "version": version[1] if version else "",
            }
        },
        "components": [
            *(
                _component(name, number, f"pkg:pypi/{name}@{number}")
                for name, number in sorted(installed().items())
            ),
            *map(_kept, served()),
        ],
    }


if __name__ == "__main__":
    print(json.dumps(bill(), indent=2))
