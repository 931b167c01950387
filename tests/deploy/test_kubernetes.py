"""The manifests, rendered by kubectl, against Kubernetes' schemas and the program. No cluster runs them."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from service.gunicorn_conf import TIMEOUT_S
from service.settings import VARIABLES
from tests.deploy.test_page import APPLY, PAGE, SECRETS
from tests.support import ROOT
from tests.support.http import ask, eventually
from tests.support.processes import Serve, run
from training.__main__ import commands

BIN = ROOT / ".venv/clients/bin"
KUBERNETES = ROOT / "deploy/kubernetes"
OVERLAYS = ("volume", "object-storage")
VERSIONS = ("1.30.0", "1.37.0")  # the oldest that the page names, and the newest that there are schemas of
LABELS = {"app.kubernetes.io/name": "passfail"}
SERVICE_LABELS = LABELS | {"app.kubernetes.io/component": "service"}


def program(*command: str | Path, cwd: Path = ROOT) -> str:
    """Run a program of the clients' environment, which must succeed, and give what it prints."""
    assert (BIN / command[0]).exists(), "make test sets up the clients' environment"
    done = subprocess.run(
        [BIN / command[0], *command[1:]], cwd=cwd, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def validate(rendered: str, folder: Path, version: str) -> None:
    """Hold objects against a version's schemas: no field of another type, none that there isn't."""
    (folder / "rendered.yaml").write_text(rendered)
    program("kubernetes-validate", "--strict", "-k", version, folder / "rendered.yaml")


def render(folder: Path) -> dict[str, Any]:
    """The objects that a folder stands for, by kind and name; the map of settings has a hash in its name."""
    objects = yaml.safe_load_all(program("kubectl", "kustomize", folder))
    return {re.sub(r"(?<=ConfigMap/passfail)-\w+$", "", f"{it['kind']}/{it['metadata']['name']}"): it for it in objects}


@pytest.fixture(scope="module", params=OVERLAYS)
def objects(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The objects of an overlay."""
    return render(KUBERNETES / "overlays" / request.param)


def service_pod(objects: dict[str, Any]) -> Any:
    """What the service's pods are made of."""
    return objects["Deployment/passfail"]["spec"]["template"]


def training_pod(objects: dict[str, Any]) -> Any:
    """What the job's pods are made of."""
    return objects["CronJob/passfail-training"]["spec"]["jobTemplate"]["spec"]["template"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_object_is_as_kubernetes_has_it(overlay: str, version: str, tmp_path: Path) -> None:
    """By the schemas of the oldest version and the newest."""
    validate(program("kubectl", "kustomize", KUBERNETES / "overlays" / overlay), tmp_path, version)


def test_every_setting_is_one(objects: dict[str, Any]) -> None:
    """Of the service, with a value that it takes; beside them are only those of object storage."""
    settings = {name: value for name, value in objects["ConfigMap/passfail"]["data"].items() if name[:4] != "AWS_"}

    assert "SERVICE_MODELS_DIR" in settings
    for name, value in settings.items():
        _, read = VARIABLES[name]
        read(value)


def test_a_stop_has_the_time_that_it_takes(objects: dict[str, Any]) -> None:
    """What was begun may be finished after the time in which the cluster learns of it."""
    drain_s = int(objects["ConfigMap/passfail"]["data"]["SERVICE_DRAIN_S"])

    assert service_pod(objects)["spec"]["terminationGracePeriodSeconds"] >= drain_s + TIMEOUT_S + 10


def test_a_replica_goes_only_when_another_is_ready(objects: dict[str, Any]) -> None:
    """In an update and where a node is emptied; there is more than one from the beginning."""
    deployment = objects["Deployment/passfail"]["spec"]

    assert deployment["strategy"]["rollingUpdate"] == {"maxUnavailable": 0, "maxSurge": 1}
    assert "replicas" not in deployment  # else each `apply` would undo what was scaled
    assert objects["HorizontalPodAutoscaler/passfail"]["spec"]["minReplicas"] > 1
    assert objects["PodDisruptionBudget/passfail"]["spec"]["maxUnavailable"] == 1


def test_what_is_selected_is_there(objects: dict[str, Any]) -> None:
    """Pods by their labels, their port by its name, and what is scaled."""
    pod = service_pod(objects)
    [port] = pod["spec"]["containers"][0]["ports"]
    [published] = objects["Service/passfail"]["spec"]["ports"]
    scaled = objects["HorizontalPodAutoscaler/passfail"]["spec"]["scaleTargetRef"]
    ingress = objects["NetworkPolicy/passfail-service"]["spec"]

    assert pod["metadata"]["labels"] == SERVICE_LABELS
    assert training_pod(objects)["metadata"]["labels"].items() >= LABELS.items()
    assert objects["NetworkPolicy/passfail"]["spec"]["podSelector"]["matchLabels"] == LABELS
    assert [
        objects["Service/passfail"]["spec"]["selector"],
        objects["Deployment/passfail"]["spec"]["selector"]["matchLabels"],
        objects["PodDisruptionBudget/passfail"]["spec"]["selector"]["matchLabels"],
        pod["spec"]["topologySpreadConstraints"][0]["labelSelector"]["matchLabels"],
        ingress["podSelector"]["matchLabels"],
    ] == [SERVICE_LABELS] * 5
    assert (published["targetPort"], ingress["ingress"]) == (port["name"], [{"ports": [{"port": port["name"]}]}])
    assert f"{scaled['kind']}/{scaled['name']}" in objects


@pytest.mark.parametrize("pod_of", [service_pod, training_pod])
def test_a_pod_finds_what_it_names(objects: dict[str, Any], pod_of: Any) -> None:
    """Settings and volumes among the objects, secrets on the page, the image among those that compose builds."""
    pod = pod_of(objects)["spec"]
    [container] = pod["containers"]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    secrets = [volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume]
    secrets += [source["secretRef"]["name"] for source in container["envFrom"] if "secretRef" in source]
    claims = [volume["persistentVolumeClaim"] for volume in pod["volumes"] if "persistentVolumeClaim" in volume]

    assert {mount["name"] for mount in container["volumeMounts"]} == {volume["name"] for volume in pod["volumes"]}
    assert container["envFrom"][0]["configMapRef"]["name"] == objects["ConfigMap/passfail"]["metadata"]["name"]
    assert [name for name in secrets if not re.search(rf"(`|generic ){name}\b", PAGE.text)] == []
    assert all(f"PersistentVolumeClaim/{claim['claimName']}" in objects for claim in claims)
    assert "build" in compose["services"][container["image"].partition(":")[0].removeprefix(f"{compose['name']}-")]


@pytest.mark.parametrize("pod_of", [service_pod, training_pod])
def test_a_pod_may_do_no_more_than_it_must(objects: dict[str, Any], pod_of: Any) -> None:
    """As Pod Security's `restricted` has it, and by the images' own user, with limits; no token lies in it."""
    [user] = set(re.findall(r"^USER (\d+):\1$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE))
    pod = pod_of(objects)["spec"]
    [container] = pod["containers"]
    writable = {mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")}

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert {pod["securityContext"][name] for name in ("runAsUser", "runAsGroup", "fsGroup")} == {int(user)}
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"].keys() == {"memory"}
    assert container["resources"]["requests"].keys() == {"cpu", "memory"}
    assert all("sizeLimit" in volume["emptyDir"] for volume in pod["volumes"] if "emptyDir" in volume)
    assert writable <= ({"/tmp", "/app/models"} if pod_of is training_pod else {"/tmp"})
    # There Kubernetes has folders of its own.
    assert not [mount for mount in container["volumeMounts"] if mount["mountPath"].startswith(("/run", "/var/run"))]


def test_the_job_is_told_what_there_is(objects: dict[str, Any]) -> None:
    """A command of the training job with its options, and the folder that the service reads."""
    command, *arguments = training_pod(objects)["spec"]["containers"][0]["args"]

    options = {option for parameter in commands.commands[command].params for option in parameter.opts}
    assert {argument for argument in arguments if argument.startswith("--")} <= options
    assert arguments[arguments.index("--models") + 1] == "$(SERVICE_MODELS_DIR)"


def test_probes_and_keys_are_what_the_service_has(
    objects: dict[str, Any], students: Path, serve: Serve, tmp_path: Path
) -> None:
    """Each probe is answered without a key; keys are read as a kubelet mounts a secret, and anew when it changes."""
    [container] = service_pod(objects)["spec"]["containers"]
    paths = {probe["httpGet"]["path"] for name, probe in container.items() if name.endswith("Probe")}
    [mounted] = [Path(mount["mountPath"]) for mount in container["volumeMounts"] if mount["name"] == "keys"]
    file = Path(objects["ConfigMap/passfail"]["data"]["SERVICE_API_KEYS_FILE"]).relative_to(mounted)
    (tmp_path / file).symlink_to(f"..data/{file}")

    def mount(version: str) -> str:
        """Make a key; its line is alone in the secret, whose versions are folders, with a link to the newest."""
        made = run("service", "key", version)
        (tmp_path / version).mkdir()
        (tmp_path / version / file).write_text(made.stdout)
        (tmp_path / "newest").symlink_to(version)
        (tmp_path / "newest").rename(tmp_path / "..data")
        return made.stderr.partition("only now: ")[2].strip()

    key = mount("first")
    with serve(students, SERVICE_API_KEYS_FILE=str(tmp_path / file)) as service:

        def metrics() -> int:
            return ask(f"{service.url}/metrics", Authorization=f"Bearer {key}").status

        probed = {path: ask(f"{service.url}{path}").status for path in paths}
        before = metrics()
        mount("second")
        eventually(lambda: metrics() == 401)

    assert probed == {"/livez": 200, "/readyz": 200}
    assert before == 200


def test_the_service_monitor_finds_the_service(tmp_path: Path) -> None:
    """By its labels and the name of its port, with a key. Its schema is the operator's, and not here."""
    shutil.copytree(KUBERNETES, tmp_path / "kubernetes")
    with (tmp_path / "kubernetes/overlays/volume/kustomization.yaml").open("a") as file:
        file.write("components: [../../components/service-monitor]\n")

    objects = render(tmp_path / "kubernetes/overlays/volume")

    monitor, service = objects["ServiceMonitor/passfail"]["spec"], objects["Service/passfail"]
    [endpoint] = monitor["endpoints"]
    assert monitor["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items()
    assert endpoint["port"] == service["spec"]["ports"][0]["name"]
    assert endpoint["path"] == "/metrics"
    assert f"`{endpoint['authorization']['credentials']['name']}`" in PAGE.text


def test_the_commands_of_the_page_are_right_as_far_as_they_need_no_cluster(tmp_path: Path) -> None:
    """The secrets have the keys by the name that is mounted, and the school's files; what is applied is an overlay."""
    for folder, files in {"keys": [ROOT / "README.md"], "school": (ROOT / "training/datasets").glob("stud*")}.items():
        (tmp_path / folder).mkdir()
        for file in files:
            shutil.copy(file, tmp_path / folder / ("api-keys" if folder == "keys" else file.name))

    lines = [line.split(" | ") for line in SECRETS.splitlines()]
    secrets = [program(*create.split(), cwd=tmp_path) for create, _ in lines]

    assert [apply for _, apply in lines] == ["kubectl apply -f -"] * 2
    assert [yaml.safe_load(secret)["data"].keys() for secret in secrets] == [
        {"api-keys"},
        {"students.toml", "student_hours.csv"},
    ]
    for secret in secrets:
        validate(secret, tmp_path, VERSIONS[-1])
    assert APPLY.removeprefix("kubectl apply -k ").strip() in [
        f"deploy/kubernetes/overlays/{overlay}" for overlay in OVERLAYS
    ]
