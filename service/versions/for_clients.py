"""What clients are shown of a version: not which rows look odd, a plain digest of the table, or what it was made with.

Versions no longer hold the first two; earlier releases published them.
"""

import re
from typing import Any

from registry.store.audits import without_rows
from registry.store.manifest import Manifest
from registry.store.model_store import MODEL_CARD, REPORT

_HIDDEN = frozenset({"versions", "git_commit", "data_sha256"})
# As the templates of reports and model cards have written it since the first.
_HIDDEN_TEXT = tuple(
    (re.compile(pattern.encode()), instead.encode())
    for pattern, instead in (
        (r"should be checked: rows? [\d, …]+", "should be checked"),
        (r", SHA-256 [0-9a-f]{64}", ""),
        (r"<dt>Programs</dt><dd>[^<]*</dd>\n", ""),
        (
            r"nothing was dropped\. Rows? [\w ,;]{1,200}:</p>\n"
            r'<table>\n<thead><tr><th scope="col">row</th>(?:<th scope="col">[^<]*</th>)*</tr></thead>\n<tbody>\n'
            r'(?:<tr><th scope="row">\d+</th><td>[^<]*</td><td>[\d.]+</td></tr>\n)*</tbody>\n</table>\n',
            "nothing was dropped.</p>\n",
        ),
        (r"<p>Rows with ([\w ,]{1,200}): [\d =;….]+</p>", r"<p>Some rows have \1.</p>"),
    )
)


def manifest_for_clients(manifest: Manifest) -> dict[str, Any]:
    """A manifest as `/model` has it."""
    document = manifest.to_dict()
    document["training"] = {name: value for name, value in manifest.training.items() if name not in _HIDDEN}
    document["audit"] = without_rows(manifest.audit)
    if document["audit"] != manifest.audit or "data_sha256" in manifest.training:
        # What is cut out of these could be tried until their digests fit.
        document["files"] = {path: of for path, of in document["files"].items() if path not in (REPORT, MODEL_CARD)}
    match manifest.gate.get("advice"):
        case {"reasons": [*reasons]}:
            shown = [text_for_clients(str(reason).encode()) for reason in reasons]
            document["gate"]["advice"]["reasons"] = [reason.decode() for reason in shown]
    return document


def text_for_clients(content: bytes) -> bytes:
    """A report, a model card or a sentence of one as it is served; what is written today stays as it is."""
    for pattern, instead in _HIDDEN_TEXT:
        content = pattern.sub(instead, content)
    return content
