"""A spec as a server takes it that knows nothing of base paths: one file, every path written out."""

from __future__ import annotations

import json
from pathlib import Path

from contract_tests.harness.spec.contract import Contract


def written_out(contract: Contract, folder: Path) -> Path:
    """Write the spec to a file of `folder`, with the base path in front of every path.

    Prism serves the paths of a document as they stand and leaves out the path of its server; to reach a
    vendor at its genuine address, the document must name it. Nothing else is changed, extensions stay.
    """
    document = {key: said for key, said in contract.document.items() if key != "servers"}
    document["paths"] = {contract.base_path + path: item for path, item in contract.document["paths"].items()}
    file = folder / f"{contract.vendor}.json"
    file.write_text(json.dumps(document, default=str), "utf-8")
    return file
