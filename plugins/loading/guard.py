"""Code of plugins runs behind a guard: an exception becomes a problem on the node, and the plugin shows as broken.

A plugin whose code did not come to an end is not called again until it is forgiven: changed, or turned on anew.
"""

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from plugins.loading.deadline import TooLong, bounded
from plugins.sdk.context import CompileContext
from plugins.sdk.diagnosis import Asked, CannotFix, Check, Evidence, Finding, Fix, GraphLists, Values
from plugins.sdk.fields import Json
from plugins.sdk.nodetype import AnyNode, NodeType, Wiring
from plugins.sdk.plugin import Plugin
from plugins.sdk.problems import Problem

_log = logging.getLogger(__name__)
_failures: dict[str, str] = {}
# Plugins whose code had to be left behind, each with when (seconds since 1970).
_stopped: dict[str, float] = {}
# Also of code that wants to end the process: it is not its own.
_FAULTS = (Exception, SystemExit)
# What one call may give: more is a mistake, and a drawing must stay quick with it.
MOST_ITEMS, MOST_BYTES, DEEPEST = 1_000, 2 * 2**20, 64


class _GivesTooMuch(Exception):
    """More than anything sensible."""


class _IsStopped(Exception):
    """It is not called any more."""


class _Of(NamedTuple):
    name: str
    has_code: bool


def failure_of(plugin: str) -> str:
    """What last went wrong in a plugin's code in this process; empty when nothing did."""
    return _failures.get(plugin, "")


def forget_failures() -> None:
    """After plugins were read anew."""
    _failures.clear()
    _stopped.clear()


def stopped_at(plugin: str) -> float | None:
    """When (seconds since 1970) its code was left behind and called no more in this process; None when it was not."""
    return _stopped.get(plugin)


def forgive(plugin: str) -> None:
    """Call it again."""
    _failures.pop(plugin, None)
    _stopped.pop(plugin, None)


def guarded(plugin: Plugin, *, has_code: bool) -> Plugin:
    """The same plugin with each of its functions behind the guard. What runs for a plugin without code is ours, and
    comes to an end: it is only watched for exceptions, without the price of a deadline."""
    of = _Of(plugin.name, has_code)
    return replace(
        plugin,
        node_types=tuple(_guarded_type(of, each) for each in plugin.node_types),
        checks=tuple(_guarded_check(of, each) for each in plugin.checks),
        fixes=tuple(_guarded_fix(of, each) for each in plugin.fixes),
    )


def note_failure(plugin: str, where: str, error: BaseException) -> str:
    """Remember it, and the sentence to say."""
    if isinstance(error, TooLong):
        sentence = f"Its {where} {error} and was stopped; it is not called again until it is changed or turned on anew."
        _stopped[plugin] = time.time()
    elif isinstance(error, _GivesTooMuch):
        sentence = f"It failed in {where}: it gives more than it may."
    else:
        sentence = f"It failed in {where}: {type(error).__name__}."
    if _failures.get(plugin) != sentence:
        # The text of an exception may hold what a person typed, so it goes nowhere.
        _log.warning("plugin_failed", extra={"plugin": plugin, "where": where, "error": type(error).__name__})
    _failures[plugin] = sentence
    return sentence


def _guarded_type(plugin: _Of, node_type: NodeType[Any]) -> NodeType[Any]:
    def compile_guarded(node: AnyNode, context: CompileContext) -> Iterable[Json]:
        bodies = _tried(
            plugin,
            f"compiling {node_type.name}",
            lambda: [_body(plugin, body) for body in _all_of(node_type.compile(node, context))],
        )
        if bodies is None:
            context.report(node.problem("plugin_failed", _words(plugin.name)))
            return ()
        return bodies

    def check_guarded(node: AnyNode, wiring: Wiring) -> Iterable[Problem]:
        problems = _tried(plugin, f"checking {node_type.name}", lambda: _all_of(node_type.check(node, wiring)))
        return [node.problem("plugin_failed", _words(plugin.name))] if problems is None else problems

    return replace(node_type, compile=compile_guarded, check=check_guarded)


def _guarded_check(plugin: _Of, check: Check) -> Check:
    def run_guarded(evidence: Evidence) -> Iterable[Finding]:
        return _tried(plugin, f"the check {check.name}", lambda: _all_of(check.run(evidence))) or []

    return replace(check, run=run_guarded)


def _guarded_fix(plugin: _Of, fix: Fix) -> Fix:
    where = f"the fix {fix.fix_type}"

    def change_guarded(graph: GraphLists, node_id: str, values: Values, evidence: Evidence) -> None:
        try:
            _called(plugin, lambda: fix.change(graph, node_id, values, evidence))
        except CannotFix:
            raise
        except _FAULTS as error:
            _noted(plugin, where, error)
            raise CannotFix(
                f"The plugin {plugin.name} failed on it; disable the plugin, or change the node by hand."
            ) from error

    def asks_guarded(evidence: Evidence, hints: Values) -> Sequence[Asked]:
        return _tried(plugin, where, lambda: _all_of(fix.asks(evidence, hints))) or ()

    def gives_up_guarded(evidence: Evidence) -> Sequence[str]:
        return _tried(plugin, where, lambda: _all_of(fix.gives_up(evidence))) or ()

    return replace(fix, change=change_guarded, asks=asks_guarded, gives_up=gives_up_guarded)


def _tried(plugin: _Of, where: str, run: Callable[[], list[Any]]) -> list[Any] | None:
    try:
        return _called(plugin, run)
    except _FAULTS as error:
        _noted(plugin, where, error)
        return None


def _called(plugin: _Of, run: Callable[[], Any]) -> Any:
    if plugin.name in _stopped:
        raise _IsStopped
    return bounded(run) if plugin.has_code else run()


def _noted(plugin: _Of, where: str, error: BaseException) -> None:
    """What was said when it was stopped stays."""
    if not isinstance(error, _IsStopped):
        note_failure(plugin.name, where, error)


def _all_of(given: Iterable[Any]) -> list[Any]:
    items = list(islice(given, MOST_ITEMS + 1))
    if len(items) > MOST_ITEMS:
        raise _GivesTooMuch
    return items


def _body(plugin: _Of, body: Any) -> Json:
    """As it is when it is ours; else a copy of nothing but JSON, for a dictionary of a stranger's could have code in
    it."""
    if not plugin.has_code:
        return dict(body)
    encoded = msgspec.json.encode(body)
    if len(encoded) > MOST_BYTES or (encoded.count(b"[") + encoded.count(b"{") > DEEPEST and _depth(body) > DEEPEST):
        raise _GivesTooMuch
    plain = msgspec.json.decode(encoded)
    if not _is_body(plain):
        raise ValueError("not an object")
    return dict(plain)


def _depth(value: Any) -> int:
    """How deep lists and dictionaries lie in each other, without recursion."""
    depth, level = 0, [value]
    while level and depth <= DEEPEST:
        depth += 1
        level = [
            item
            for each in level
            for item in (each.values() if isinstance(each, dict) else each)
            if isinstance(item, dict | list | tuple)
        ]
    return depth


def _is_body(body: Any) -> bool:
    if not isinstance(body, dict):
        return False
    metadata = body.get("metadata")
    texts = (body.get("apiVersion"), body.get("kind"), metadata.get("name") if isinstance(metadata, dict) else None)
    return all(isinstance(text, str) and text for text in texts)


def _words(plugin: str) -> str:
    return f"the plugin {plugin} failed on it; correct or disable the plugin, or remove the node"
