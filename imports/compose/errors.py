"""What is wrong with a set of compose files: one sentence per violation, naming file, path and remedy."""

import msgspec


class Violation(msgspec.Struct, frozen=True):
    """`path` is dotted (`services.web.ports.0`), empty when it is about the file as a whole."""

    file: str
    path: str
    message: str

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.file, self.path) if part)
        return f"{place}: {self.message}" if place else self.message


class ComposeError(ValueError):
    """The files cannot be read as one project. Nothing else is ever raised for what a person uploaded."""

    def __init__(self, *violations: Violation) -> None:
        super().__init__("\n".join(map(str, violations)))
        self.violations = violations


MAX_VIOLATIONS = 50


class Faults:
    """Collects violations, so that a person reads all of them at once."""

    def __init__(self) -> None:
        self.found: list[Violation] = []

    def add(self, file: str, path: str, message: str) -> None:
        violation = Violation(file, path, message)
        if violation not in self.found:
            self.found.append(violation)
        if len(self.found) >= MAX_VIOLATIONS:
            self.raise_if_any()

    def raise_if_any(self) -> None:
        if self.found:
            raise ComposeError(*self.found)


def refuse(file: str, path: str, message: str) -> ComposeError:
    return ComposeError(Violation(file, path, message))


def joined(*parts: str | int) -> str:
    return ".".join([str(part) for part in parts if part != ""])
