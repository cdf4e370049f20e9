"""The bill of materials names everything that is installed or served, at its locked version."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]


def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sbom", ROOT / "tools" / "sbom.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_locked_and_every_kept_package_is_named() -> None:
    bill = tool().bill()
    named = {each["purl"] for each in bill["components"]}
    locked = re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", (ROOT / "requirements.lock").read_text())
    assert len(locked) > 40
    assert {f"pkg:pypi/{name}@{version}" for name, version in locked} <= named
    assert any(name.startswith("pkg:npm/socket.io-client@") for name in named)
    assert all(each["version"] for each in bill["components"])


def test_every_locked_package_is_known_by_its_hash() -> None:
    for lock in ("requirements.lock", "requirements-test.lock"):
        pins = re.split(r"(?m)^(?=[\w.-]+==)", (ROOT / lock).read_text())[1:]
        assert [pin.split()[0] for pin in pins if "--hash=sha256:" not in pin] == []
