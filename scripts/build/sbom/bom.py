"""The bill of materials: the same zip gives the same bytes, whoever writes it and whenever."""

from __future__ import annotations

import hashlib
import json
import uuid
from typing import TYPE_CHECKING

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from scripts.build.sbom.pinned import Pinned

# Any fixed namespace will do: the serial number is the zip's own.
_NAMESPACE = uuid.UUID("5a1f7a0e-6f0b-4c55-9d53-6a4c0f1d7b21")


def bill_of_materials(package: Path, pinned: Sequence[Pinned]) -> str:
    """Return CycloneDX 1.6 JSON about the zip and the distributions in it."""
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    zip_file = Component(
        name=package.name,
        type=ComponentType.APPLICATION,
        bom_ref=package.name,
        version=digest,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
    )
    parts = {one.name: _component(one) for one in pinned}
    bom = Bom(
        serial_number=uuid.uuid5(_NAMESPACE, digest),
        metadata=BomMetaData(component=zip_file),
        components=parts.values(),
    )
    inner = {name for one in pinned for name in one.requires}
    bom.register_dependency(zip_file, [part for name, part in parts.items() if name not in inner])
    for one in pinned:
        bom.register_dependency(
            parts[one.name], [parts[name] for name in sorted(one.requires & parts.keys())]
        )
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    # The library insists on the time of writing, which would make every document a new one.
    del document["metadata"]["timestamp"]
    return json.dumps(document, indent=2, sort_keys=True) + "\n"


def _component(one: Pinned) -> Component:
    url = PackageURL(type="pypi", name=one.name, version=one.version)
    return Component(
        name=one.name,
        type=ComponentType.LIBRARY,
        version=one.version,
        description=one.summary,
        bom_ref=str(url),
        purl=url,
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in one.hashes],
        licenses=[LicenseFactory().make_from_string(one.license)] if one.license else [],
    )
