"""What is wrong with manifests: one sentence per violation, naming file, place and remedy."""

from imports.compose.errors import Violation


class ManifestError(ValueError):
    """The files cannot be read as Kubernetes objects. Nothing else is ever raised for what a person sent."""

    def __init__(self, *violations: Violation) -> None:
        super().__init__("\n".join(map(str, violations)))
        self.violations = violations


def refuse(file: str, path: str, message: str) -> ManifestError:
    return ManifestError(Violation(file, path, message))
