"""The stack file and its proxy, held against the program; tests/containers/cluster runs them."""

import re
from typing import Any

import pytest
import yaml

from service.gunicorn_conf import TIMEOUT_S
from service.settings import VARIABLES, Settings
from tests.support import ROOT

STACK = yaml.safe_load((ROOT / "deploy/swarm.yml").read_text(encoding="utf-8"))
SERVICE = STACK["services"]["service"]
PROXY = (ROOT / "deploy/proxy/nginx.conf").read_text(encoding="utf-8")


def directive(name: str) -> str:
    """What the proxy's configuration has for a directive that stands once."""
    found: str
    [found] = re.findall(rf"^ *{name} (.*?);", PROXY, re.MULTILINE)
    return found


def test_every_setting_is_one() -> None:
    """Of the service, with a value that it takes."""
    for name, value in SERVICE["environment"].items():
        _, read = VARIABLES[name]
        read(re.sub(r"\$\{\w+:-(.*)\}", r"\1", str(value)))


def test_a_stop_has_the_time_that_it_takes() -> None:
    """The proxy knows of it before connections are refused, and what was begun may be finished."""
    drain_s = SERVICE["environment"]["SERVICE_DRAIN_S"]
    [known_for_s] = re.findall(r"valid=(\d+)s", directive("resolver"))

    assert drain_s >= 3 * int(known_for_s)
    assert int(SERVICE["stop_grace_period"].removesuffix("s")) >= drain_s + TIMEOUT_S + 10


def test_the_proxy_stands_in_no_requests_way() -> None:
    """It takes what the service takes, waits as long, and finds it at its port by its name."""
    assert directive("client_max_body_size") == f"{Settings().max_body_bytes // 2**20}m"
    assert int(directive("proxy_read_timeout").removesuffix("s")) > TIMEOUT_S
    assert directive(r"set \$replicas") == "tasks.service"
    assert directive("proxy_pass").endswith(f":{Settings().port}")


@pytest.mark.parametrize("name", STACK["services"])
def test_a_container_has_limits(name: str) -> None:
    """A read-only root, no capability, so much memory and so many processes."""
    service: dict[str, Any] = STACK["services"][name]
    limits = service["deploy"]["resources"]["limits"]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert limits["memory"]
    assert limits["pids"] > 0
    assert all("size" in mount["tmpfs"] for mount in service["volumes"] if "tmpfs" in mount)
