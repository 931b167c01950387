"""The environment: read once, every bad value reported together."""

import base64
from pathlib import Path

import pytest

from registry.store.signatures import TrustedKeys, make_key
from service.settings import VARIABLES, InvalidSettings, Settings, default_workers, misspelt
from tests.registry.test_limits import put_cgroup


def test_an_empty_environment_gives_the_defaults() -> None:
    """Safe ones: only this machine can reach it."""
    settings = Settings.from_env({"HOME": "/root", "PORT": ""})

    assert settings == Settings(workers=default_workers(Settings()))
    assert settings.host == "127.0.0.1"
    assert settings.version == "champion"


def test_every_variable_is_read(tmp_path: Path) -> None:
    """Into its own attribute."""
    line = make_key("training")[1]
    (tmp_path / "trusted").write_text(line)
    environ = {
        "PORT": "80",
        "WEB_CONCURRENCY": "3",
        "SERVICE_HOST": "0.0.0.0",
        "SERVICE_MODELS_DIR": "/m",
        "SERVICE_MODEL": "x",
        "SERVICE_MODELS": "maths-*, x",
        "SERVICE_MAX_LOADED": "7",
        "SERVICE_VERSION": "latest",
        "SERVICE_VERSIONS": "1, challenger,",
        "SERVICE_ENGINE": "LiteRT",
        "SERVICE_POLL_S": "0.5",
        "SERVICE_MAX_BODY_BYTES": "10",
        "SERVICE_MAX_INSTANCES": "20",
        "SERVICE_LOG_LEVEL": "WARNING",
        "SERVICE_API_KEYS_FILE": "/k",
        "SERVICE_ALLOWED_HOSTS": "School.example, .school.example,*",
        "SERVICE_CORS_ORIGINS": "https://School.example, http://[::1]:3000,capacitor://localhost",
        "SERVICE_TRUSTED_KEYS_FILE": str(tmp_path / "trusted"),
        "SERVICE_KEEPALIVE_S": "620",
        "SERVICE_DRAIN_S": "0",
    }

    settings = Settings.from_env(environ)

    assert environ.keys() == VARIABLES.keys()
    assert settings == Settings(
        80,
        "0.0.0.0",
        3,
        Path("/m"),
        "x",
        ("maths-*", "x"),
        7,
        "latest",
        ("1", "challenger"),
        "litert",
        0.5,
        10,
        20,
        "warning",
        Path("/k"),
        ("school.example", ".school.example", "*"),
        ("https://school.example", "http://[::1]:3000", "capacitor://localhost"),
        TrustedKeys({"training": base64.b64decode(line.partition(":")[2])}),
        keepalive_s=620,
        drain_s=0,
    )


def test_all_bad_values_are_reported_together() -> None:
    """A misspelt setting of security too, with the one that was meant; no value is repeated."""
    with pytest.raises(InvalidSettings) as caught:
        Settings.from_env(
            {
                "PORT": "70000",
                "WEB_CONCURRENCY": "many",
                "SERVICE_POLL_S": "nan",
                "SERVICE_ENGINE": "jax",
                "SERVICE_API_KEY_FILE": "keys",
                "SERVCE_TRUSTED_KEYS_FILE": "keys",
                "service_allowed_hosts": "x",
                "SERVICE_MODEL": "../x",
                "SERVICE_HOST": "Unix:socket",
                "SERVICE_DRAIN_S": "-1",
                "SERVICE_MAX_INSTANCES": "\u0661",
            }
        )

    lines = str(caught.value).splitlines()
    assert "PORT must be a whole number from 0 to 65535" in lines
    assert "SERVICE_ENGINE must be one of auto, litert, tensorflow" in lines
    assert "SERVICE_API_KEY_FILE is not a setting; SERVICE_API_KEYS_FILE is" in lines
    assert "SERVCE_TRUSTED_KEYS_FILE is not a setting; SERVICE_TRUSTED_KEYS_FILE is" in lines
    assert "service_allowed_hosts is not a setting; SERVICE_ALLOWED_HOSTS is" in lines
    assert [line for line in lines if line.startswith("SERVICE_HOST must be an address, a host's name, or unix:")]
    assert len(lines) == 11


def test_models_may_lie_at_an_address() -> None:
    """What is none is said to be none at the start, not by each look."""
    assert Settings.from_env({"SERVICE_MODELS_DIR": "s3://school/models"}).models_dir == "s3://school/models"
    with pytest.raises(InvalidSettings, match="SERVICE_MODELS_DIR can't be used: 's3:/school/models://' must be"):
        Settings.from_env({"SERVICE_MODELS_DIR": "s3:/school/models://"})


def test_other_programs_variables_are_no_fault() -> None:
    """What looks misspelt is told; what an orchestrator sets for a service of such a name is nobody's mistake."""
    environ = {
        "SERVICE_MODEL_DIR": "x",
        "SERVICE_HOSTNAME": "x",
        # What Kubernetes sets for Services that are called service and service-models.
        "SERVICE_PORT": "tcp://10.0.0.1:80",
        "SERVICE_SERVICE_HOST": "10.0.0.1",
        "SERVICE_PORT_80_TCP_ADDR": "10.0.0.1",
        "SERVICE_MODELS_PORT": "tcp://10.0.0.2:80",
        "SERVICE_API_KEYS_PORT": "tcp://10.0.0.3:80",
        "API_KEYS_FILE": "x",
    }

    settings = Settings.from_env(environ)

    assert settings == Settings.from_env({})
    assert misspelt(environ) == [
        "SERVICE_MODEL_DIR is not a setting; SERVICE_MODELS_DIR is",
        "SERVICE_HOSTNAME is not a setting; SERVICE_HOST is",
        "SERVICE_MODELS_PORT is not a setting; SERVICE_MODELS_DIR is",
    ]


@pytest.mark.parametrize(
    ("models", "model", "default"),
    [
        (None, None, "pass_fail"),
        ("maths-*, pass_fail", None, "pass_fail"),
        ("*", None, "pass_fail"),
        ("maths-7a", None, "maths-7a"),
        ("maths-*", None, ""),
        ("maths-7a,maths-7b", None, ""),
        ("maths-*", "history", "history"),
    ],
)
def test_the_default_model_is_one_of_those_that_are_served(models: str | None, model: str | None, default: str) -> None:
    """What is set; else the usual name if it is among them, or the only one; else none. What is set is served too."""
    given = {"SERVICE_MODELS": models, "SERVICE_MODEL": model}

    settings = Settings.from_env({name: value for name, value in given.items() if value is not None})

    assert settings.model == default
    assert not default or settings.serves(default)


@pytest.mark.parametrize(
    ("model", "is_served"),
    [("maths-7a", True), ("maths-", True), ("maths", False), ("art-1", True), ("art-12", False), ("maths-/x", False)],
)
def test_a_pattern_is_for_the_whole_name(model: str, is_served: bool) -> None:
    """`*` is any letters, `?` any one; what no model can be called is none."""
    assert Settings.from_env({"SERVICE_MODELS": "maths-*,art-?"}).serves(model) == is_served


@pytest.mark.parametrize("models", ["../x", "a b", "[ab]", ",", "a;b"])
def test_what_no_model_can_be_called_is_no_pattern(models: str) -> None:
    """It would be for nothing, and nobody would notice."""
    with pytest.raises(InvalidSettings, match="SERVICE_MODELS must be names of models or patterns, such as maths-"):
        Settings.from_env({"SERVICE_MODELS": models})


@pytest.mark.parametrize("host", ["localhost", "my-host.school.example.", "::1", "fe80::1%eth0", "unix:/run/x"])
def test_a_host_that_may_be_there_is_no_fault(host: str) -> None:
    """Whether it is now is not for the settings to say."""
    assert Settings.from_env({"SERVICE_HOST": host}).host == host


@pytest.mark.parametrize(
    "host",
    ["300.1.2.3", "[::1]", "http://localhost", "127.0.0.1:80", "a" * 70, "unix:x", f"unix:/{'é' * 60}"],
)
def test_a_host_that_can_never_be_one_is_a_fault(host: str) -> None:
    """Before it is looked up."""
    with pytest.raises(InvalidSettings, match="SERVICE_HOST must be an address"):
        Settings.from_env({"SERVICE_HOST": host})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        *(
            ("SERVICE_ALLOWED_HOSTS", host)
            for host in ("http://x", "x:8000", "*.x", "x.", "..x", ".", "schule\u00e4", "x y", "x/y")
        ),
        *(
            ("SERVICE_CORS_ORIGINS", origin)
            for origin in ("*", "null", "x", "https://x/", "https://x:443", "http://x:80", "https://*.x", "https://")
        ),
    ],
)
def test_names_that_no_browser_would_send_are_refused(variable: str, value: str) -> None:
    """They would never hold, and nobody would know why."""
    with pytest.raises(InvalidSettings, match=f"^{variable} must be "):
        Settings.from_env({variable: f"good.example, {value}" if "HOSTS" in variable else f"https://good,{value}"})


def test_a_path_may_begin_with_home(monkeypatch: pytest.MonkeyPatch) -> None:
    """A unit and a compose file have no shell that would put it in."""
    monkeypatch.setenv("HOME", "/home/school")

    settings = Settings.from_env({"SERVICE_MODELS_DIR": "~/models", "SERVICE_API_KEYS_FILE": "~/keys/api-keys"})

    assert settings.models_dir == Path("/home/school/models")
    assert settings.api_keys_file == Path("/home/school/keys/api-keys")


def test_a_number_of_thousands_of_digits_is_a_bad_value_like_others() -> None:
    """Not what Python says of it."""
    with pytest.raises(InvalidSettings, match=r"^PORT must be a whole number from 0 to 65535$"):
        Settings.from_env({"PORT": "9" * 5000})


@pytest.mark.parametrize(
    ("files", "environ", "expected"),
    [
        ({"memory.max": f"{4 * 2**30}\n"}, {}, 5),
        ({"memory.max": f"{4 * 2**30}\n"}, {"SERVICE_ENGINE": "tensorflow"}, 4),
        ({"memory.max": f"{3 * 2**30}\n"}, {}, 4),
        ({"memory.max": f"{3 * 2**30}\n"}, {"SERVICE_ENGINE": "tensorflow"}, 3),
        ({"memory.max": f"{4 * 2**30}\n"}, {"SERVICE_MAX_BODY_BYTES": str(2**20)}, 13),
        ({"memory.max": f"{4 * 2**30}\n", "cpu.max": "100000 100000\n"}, {}, 1),
        ({"memory.max": f"{4 * 2**30}\n"}, {"WEB_CONCURRENCY": "7"}, 7),
        ({"memory.max": "1048576\n"}, {}, 1),
        ({"memory.max": "max\n"}, {}, 64),
        ({"memory/memory.limit_in_bytes": f"{4 * 2**30}\n"}, {}, 5),
        ({"memory/memory.limit_in_bytes": "9223372036854771712\n"}, {}, 64),
        ({}, {}, 64),
    ],
)
def test_workers_fit_the_containers_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], environ: dict[str, str], expected: int
) -> None:
    """On a machine of 64 processors: as many as can each hold what they may have to; what is asked for holds."""
    put_cgroup(tmp_path, monkeypatch, files, num_processors=64)

    assert Settings.from_env(environ).workers == expected
