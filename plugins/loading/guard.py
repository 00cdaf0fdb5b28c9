"""Code of plugins runs behind a guard: an exception becomes a problem on the node, and the plugin shows as broken."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from plugins.sdk.context import CompileContext
from plugins.sdk.diagnosis import Asked, CannotFix, Check, Evidence, Finding, Fix, GraphLists, Values
from plugins.sdk.fields import Json
from plugins.sdk.nodetype import AnyNode, NodeType, Wiring
from plugins.sdk.plugin import Plugin
from plugins.sdk.problems import Problem

_log = logging.getLogger(__name__)
_failures: dict[str, str] = {}
# Also of code that wants to end the process: it is not its own.
_FAULTS = (Exception, SystemExit)


def failure_of(plugin: str) -> str:
    """What last went wrong in a plugin's code in this process; empty when nothing did."""
    return _failures.get(plugin, "")


def forget_failures() -> None:
    """After plugins were read anew."""
    _failures.clear()


def guarded(plugin: Plugin) -> Plugin:
    """The same plugin with each of its functions behind the guard."""
    return replace(
        plugin,
        node_types=tuple(_guarded_type(plugin.name, each) for each in plugin.node_types),
        checks=tuple(_guarded_check(plugin.name, each) for each in plugin.checks),
        fixes=tuple(_guarded_fix(plugin.name, each) for each in plugin.fixes),
    )


def note_failure(plugin: str, where: str, error: BaseException) -> str:
    """Remember it, and the sentence to say."""
    sentence = f"It failed in {where}: {type(error).__name__}."
    if _failures.get(plugin) != sentence:
        # The text of an exception may hold what a person typed, so it goes nowhere.
        _log.warning("plugin_failed", extra={"plugin": plugin, "where": where, "error": type(error).__name__})
    _failures[plugin] = sentence
    return sentence


def _guarded_type(plugin: str, node_type: NodeType[Any]) -> NodeType[Any]:
    def compile_guarded(node: AnyNode, context: CompileContext) -> Iterable[Json]:
        bodies = _tried(plugin, f"compiling {node_type.name}", lambda: list(node_type.compile(node, context)))
        if bodies is None or not all(_is_body(body) for body in bodies):
            if bodies is not None:
                note_failure(plugin, f"compiling {node_type.name}", ValueError("not an object"))
            context.report(node.problem("plugin_failed", _words(plugin)))
            return ()
        return bodies

    def check_guarded(node: AnyNode, wiring: Wiring) -> Iterable[Problem]:
        problems = _tried(plugin, f"checking {node_type.name}", lambda: list(node_type.check(node, wiring)))
        return [node.problem("plugin_failed", _words(plugin))] if problems is None else problems

    return replace(node_type, compile=compile_guarded, check=check_guarded)


def _guarded_check(plugin: str, check: Check) -> Check:
    def run_guarded(evidence: Evidence) -> Iterable[Finding]:
        return _tried(plugin, f"the check {check.name}", lambda: list(check.run(evidence))) or []

    return replace(check, run=run_guarded)


def _guarded_fix(plugin: str, fix: Fix) -> Fix:
    where = f"the fix {fix.fix_type}"

    def change_guarded(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
        try:
            fix.change(graph, node_id, values, evidence)
        except CannotFix:
            raise
        except _FAULTS as error:
            note_failure(plugin, where, error)
            raise CannotFix(
                f"The plugin {plugin} failed on it; disable the plugin, or change the node by hand."
            ) from error

    def asks_guarded(evidence: Evidence, hints: Values) -> Sequence[Asked]:
        return _tried(plugin, where, lambda: list(fix.asks(evidence, hints))) or ()

    def gives_up_guarded(evidence: Evidence) -> Sequence[str]:
        return _tried(plugin, where, lambda: list(fix.gives_up(evidence))) or ()

    return replace(fix, change=change_guarded, asks=asks_guarded, gives_up=gives_up_guarded)


def _tried(plugin: str, where: str, run: Callable[[], list[Any]]) -> list[Any] | None:
    try:
        return run()
    except _FAULTS as error:
        note_failure(plugin, where, error)
        return None


def _is_body(body: Any) -> bool:
    if not isinstance(body, dict):
        return False
    metadata = body.get("metadata")
    texts = (body.get("apiVersion"), body.get("kind"), metadata.get("name") if isinstance(metadata, dict) else None)
    return all(isinstance(text, str) and text for text in texts)


def _words(plugin: str) -> str:
    return f"the plugin {plugin} failed on it; correct or disable the plugin, or remove the node"
