"""What a run has to say at its end, for people."""

from typing import Any

from registry.manifest import Manifest
from registry.store import Published


def summarise(manifest: Manifest, published: Published) -> str:
    """What was trained, how good it is beside the baselines, which version it became, and where it lies."""
    training, evaluation = manifest.training, manifest.evaluation
    protocol: dict[str, Any] = evaluation["protocol"]
    scores = {"network": evaluation["model"], **evaluation["baselines"]}
    rows = f"{training['num_students']} students"
    if training["num_rows"] != training["num_students"]:
        rows = f"{training['num_rows']} rows of {rows}"
    lines = [
        f"{manifest.name}: {rows}, {training['num_positive']} {manifest.schema.labels[1]}; "
        f"{len(manifest.schema.features)} features; {training['config']['members']} network(s) of "
        f"{' + '.join(map(str, training['config']['hidden_units']))} hidden units",
        f"on students that it has not seen ({protocol['folds']}-fold cross-validation, {protocol['repeats']} times; "
        "95 % intervals):",
        f"  {'':<20} {'log loss':<22} {'AUC':<22} accuracy",
    ]
    if "note" in protocol:
        lines.insert(2, f"  ({protocol['note']})")
    for name, figures in scores.items():
        cells = [
            f"{figures[metric]['value']:.3f} ({figures[metric]['low']:.3f} to {figures[metric]['high']:.3f})"
            for metric in ("log_loss", "roc_auc", "accuracy")
        ]
        lines.append(f"  {name.replace('_', ' '):<20} {cells[0]:<22} {cells[1]:<22} {cells[2]}")
    lines.append(f"verdict: {manifest.verdict.replace('_', ' ')}")
    lines += [f"  {reason}" for reason in manifest.gate["reasons"]]
    if not published.champion:
        standing = "challenger: the champion stays"
    elif manifest.verdict == "rejected":
        standing = "champion all the same: there is no other"
    else:
        standing = "champion: the service uses it"
    lines.append(f"version {manifest.version} ({standing}) in {published.path}")
    return "\n".join(lines)
