"""The argument vector of `docker build`. Pure; every value from a person stands behind an option's `=`, never alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builds.engines.types import Attestations, Order


@dataclass(frozen=True, slots=True)
class Client:
    """A docker command and what it can do. `has_buildx` also means that `docker build` is buildx's."""

    path: str
    has_buildx: bool


def build_arguments(
    order: Order,
    client: Client,
    *,
    iidfile: Path,
    secret_files: Mapping[str, Path],
    network: str = "",
    attest: Attestations | None = None,
    metadata: Path | None = None,
) -> list[str]:
    """With the context as a tar on standard input. With `attest` the image goes to its registry at once, since only
    there provenance and SBOM can be kept."""
    argv = [client.path, *(["buildx", "build"] if client.has_buildx else ["build"])]
    argv += ["--progress=plain", f"--iidfile={iidfile}", f"--tag={order.name}", f"--file={order.dockerfile}"]
    argv += [f"--label={key}={value}" for key, value in sorted(order.labels.items())]
    argv += [f"--build-arg={key}={value}" for key, value in sorted(order.build_args.items())]
    argv += [f"--secret=id={key},src={path}" for key, path in sorted(secret_files.items())]
    if order.target:
        argv.append(f"--target={order.target}")
    if order.platforms:
        argv.append(f"--platform={','.join(order.platforms)}")
    if network:
        argv.append(f"--network={network}")
    if client.has_buildx:
        argv += _buildx(attest=attest, metadata=metadata)
    else:
        # The cache goes with the image, so that another engine can use it.
        argv.append("--build-arg=BUILDKIT_INLINE_CACHE=1")
    return [*argv, "-"]


def _buildx(*, attest: Attestations | None, metadata: Path | None) -> Sequence[str]:
    argv = ["--provenance=false", "--load"]
    if attest is not None:
        sbom = [f"--sbom=generator={attest.scanner}"] if attest.scanner else []
        argv = ["--provenance=mode=min", *sbom, "--push"]
    return [*argv, f"--metadata-file={metadata}"] if metadata else argv
