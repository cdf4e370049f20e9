"""A skipped test proves nothing: with CI=true or PEER_NO_SKIPS=1 it counts as failed."""

import os
from collections.abc import Generator

import pytest

FORBIDDEN = os.environ.get("CI") == "true" or os.environ.get("PEER_NO_SKIPS") == "1"


def _refuse(report: pytest.TestReport | pytest.CollectReport) -> None:
    if not (FORBIDDEN and report.skipped):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"Skips are forbidden here. {reason or 'Expected to fail.'}"
    # Without this pytest would go on counting an expected failure as one.
    vars(report).pop("wasxfail", None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse(report)
    return report
