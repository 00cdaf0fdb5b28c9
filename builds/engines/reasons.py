"""From an engine's own words to one sentence: what is wrong and what to do. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from builds.engines.types import EngineError


@dataclass(frozen=True, slots=True)
class _Reason:
    code: str
    pattern: re.Pattern[str]
    sentence: str


def _reason(code: str, pattern: str, sentence: str) -> _Reason:
    return _Reason(code, re.compile(pattern, re.IGNORECASE), sentence)


# Of what the machine ran out of, wherever in the last lines it is said.
_RAN_OUT = (
    _reason("disk_full", r"no space left on device", "The engine's disk is full. Free some space there, then retry."),
    _reason(
        "file_too_large",
        r"file too large|file size limit exceeded",
        "A step wrote a file that is larger than what a build may add to the engine's disk.",
    ),
    _reason(
        "forks_exhausted",
        r"can't fork|cannot fork|fork: retry|resource temporarily unavailable",
        "A step started more processes than a build may have.",
    ),
)
# Of one line the first that fits wins, so what is more particular stands in front.
_REASONS = (
    _reason(
        "out_of_memory",
        r"exit code: 137|returned a non-zero code: 137|cannot allocate memory|out of memory",
        "A step was killed or had no memory left. It needs less memory, or the installation's limit must be higher.",
    ),
    _reason(
        "command_failed",
        r"(?:did not complete successfully|executor failed running .*): exit code: (?P<exit>\d+)"
        r"|returned a non-zero code: (?P<exit2>\d+)",
        "A command of the Dockerfile failed with exit code {exit}. Its last lines say why.",
    ),
    _reason(
        "copy_failed",
        r"(?:copy|add) failed|failed to compute cache key|forbidden path outside|failed to calculate checksum",
        "Something that COPY or ADD names is not in the source: {line}",
    ),
    _reason(
        "unknown_host",
        r"lookup (?P<host>[^\s:]+).*no such host|no such host|name resolution|server misbehaving",
        "The host{host} cannot be found. Check how the registry or address is written.",
    ),
    _reason(
        "registry_unauthorized",
        r"unauthorized|no basic auth credentials|authentication required|incorrect username or password",
        "The registry refused the user or password. An administrator corrects them under Registries.",
    ),
    _reason(
        "registry_denied",
        r"denied: |access to the resource is denied|insufficient_scope|403 forbidden",
        "The registry does not allow this. Check the name of the image and what the registry's user may do.",
    ),
    _reason(
        "base_image_missing",
        r"manifest for (?P<image>\S+) not found|(?P<image2>[^\s\"]+[\w]): not found"
        r"|pull access denied for (?P<image3>[^\s,]+)|manifest unknown"
        r"|failed to resolve source metadata for (?P<image4>\S+?):? ",
        "The base image{image} is not there. Check its name and tag after FROM.",
    ),
    _reason(
        "registry_unreachable",
        r"connection refused|i/o timeout|network is unreachable|connection reset|tls handshake timeout|x509:"
        r"|server gave http response to https client",
        "A registry or address cannot be reached from the engine: {line}",
    ),
    _reason(
        "unknown_stage",
        r"target stage|failed to reach build target",
        "The Dockerfile has no such stage. Check the target.",
    ),
    _reason(
        "bad_dockerfile",
        r"dockerfile parse error|unknown instruction|failed to parse|failed to read dockerfile|no build stage"
        r"|failed to create llb|dockerfile.*(?:cannot be empty|not found)|file with no instructions",
        "The Dockerfile cannot be read: {line}",
    ),
)
_SHOWN = 300


def explain(lines: Iterable[str], *, while_doing: str = "build") -> EngineError:
    """Of the last lines that an engine wrote before it failed, masked; the ones that it marked as errors count most."""
    said = [line.strip() for line in lines if line.strip()]
    marked = [line for line in said if re.search(r"error|failed|denied|unauthorized|cannot|can't", line, re.IGNORECASE)]
    orders = ((_RAN_OUT, reversed(said)), (_REASONS, (*reversed(marked), *reversed(said))))
    for reasons, text in ((reasons, text) for reasons, texts in orders for text in texts):
        for reason in reasons:
            match = reason.pattern.search(text)
            if match:
                return EngineError(reason.code, _fill(reason.sentence, match, text))
    last = (marked or said or [""])[-1][:_SHOWN]
    verb = "push the image" if while_doing == "push" else "build the image"
    return EngineError(f"{while_doing}_failed", f"The engine could not {verb}{f': {last}' if last else '.'}")


def _fill(sentence: str, match: re.Match[str], line: str) -> str:
    found = {name: value for name, value in match.groupdict().items() if value}
    image = next((value for name, value in found.items() if name.startswith("image")), "")
    return sentence.format(
        host=f" {found['host']}" if "host" in found else "",
        image=f" {image}" if image else "",
        exit=found.get("exit") or found.get("exit2", ""),
        line=line[:_SHOWN],
    )
