"""The steps of a build as a worker does them: each brings the journal one step further."""

import asyncio
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings

from builds import director
from builds.configuration import bases, bounds, fetch_limits
from builds.contexts import Context, find_dockerfile
from builds.director import Journal, Step
from builds.engines.progress import Line, News, Reader, StepNews
from builds.engines.types import Engine, EngineError, Made, Order, Pushed
from builds.hosts import check_hosts
from builds.ledger import Ledger
from builds.logins import logins_for, sealed_of
from builds.logs.lines import LineCutter
from builds.logs.masking import Masker
from builds.models import Build, SourceKind
from builds.phase import Emit
from builds.pump import Pump
from builds.services.uploads import write_upload
from builds.sources import Source, fetch
from builds.sources.addresses import host_of
from builds.sources.errors import SourceError
from builds.sources.types import Fetched, GitSource, InlineSource, UploadSource
from builds.states import BuildStatus
from clusters.kube.network import Guard

_FETCH, _PREPARE, _PUSH = "Fetch the source", "Prepare the build", "Push the image"
SOURCE_LABEL, REVISION_LABEL = "org.opencontainers.image.source", "org.opencontainers.image.revision"
BUILD_LABEL = "io.sailcloth.build"


class Steps:
    """One build on one worker; `journal` is what is done."""

    def __init__(self, build: Build, ledger: Ledger, pump: Pump, engine: Engine, folder: Path) -> None:
        self.build, self.ledger, self.folder = build, ledger, folder
        self.journal = Journal.read(build.journal)
        self._pump, self._engine = pump, engine
        self._sealed = sealed_of(build)
        self.masker = Masker(self._sealed.values)
        self._fetched: Fetched | None = None
        self._context: Context | None = None
        self._has_asked = False
        self._logins = logins_for(build, ())

    def do(self, step: Step) -> None:
        """Raises EngineError, SourceError, Cancelled, LeaseLost."""
        {Step.FETCH: self._fetch, Step.PREPARE: self._prepare, Step.BUILD: self._build, Step.PUSH: self._push}[step]()

    def clean_up(self) -> None:
        """At the end, whatever that was. Where nobody asked the engine for anything nothing is left in it, and the end
        of a build that was cancelled while it was fetched does not wait for an engine."""
        if self._has_asked or self.journal.attempt > 1:
            asyncio.run(self._engine.clean_up(self.build.pk))

    def _fetch(self) -> None:
        self.ledger.save(BuildStatus.FETCHING)
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        into = self.folder / "source"
        into.mkdir(exist_ok=True)
        source, guard = self._source(), Guard(settings.ALLOWED_NETWORKS)

        async def bring(emit: Emit) -> Fetched:
            def on_line(text: str) -> None:
                emit(text.encode() + b"\n")

            try:
                return await fetch(source, into, limits=fetch_limits(), guard=guard, on_line=on_line)
            except SourceError as error:
                raise self._with_advice(error) from None

        with self._timed(_FETCH):
            self._fetched = self._pump.run(bring, self._lines(_FETCH))
        self._done(director.fetched, revision=self._fetched.revision[:100])

    def _with_advice(self, error: SourceError) -> SourceError:
        if error.code not in ("git_unauthorized", "git_not_found") or self.build.source_kind != SourceKind.GIT:
            return error
        host = host_of(str(self.build.source["git_url"]))
        advice = (
            f"The login for {host} may have expired: replace it under Builds, then retry."
            if self._sealed.token
            else f"If it is private, keep a login for {host} under Builds, then retry."
        )
        return SourceError(error.code, f"{error.message} {advice}")

    def _source(self) -> Source:
        build, sealed = self.build, self._sealed
        if build.source_kind == SourceKind.GIT:
            return GitSource(
                url=str(build.source["git_url"]),
                ref=str(build.source.get("ref", "")),
                subdirectory=str(build.source.get("subdirectory", "")),
                username=sealed.username,
                token=sealed.token,
                submodules=bool(build.source.get("submodules", False)),
            )
        if build.source_kind == SourceKind.UPLOAD:
            path = self.folder / "upload"
            if not write_upload(str(build.source["upload"]), path):
                raise SourceError("upload_expired", "The uploaded archive has expired. Upload it again.")
            return UploadSource(path)
        return InlineSource({name: text.encode() for name, text in build.source["files"].items()})

    def _prepare(self) -> None:
        assert self._fetched is not None
        build = self.build
        with self._timed(_PREPARE):
            found = find_dockerfile(self._fetched.root, build.dockerfile, build.given_dockerfile, bases())
            if found.is_detected:
                self.ledger.line(_PREPARE, f"There is no Dockerfile; one was written: {found.reason}")
            self._context = found.context
            references = found.references(build.build_args)
            for name in sorted(references.arguments & set(build.secret_names)):
                self.ledger.line(
                    _PREPARE,
                    f"{name} is a secret, so it is not given to ARG, whose values stay in the image's history: "
                    f"RUN --mount=type=secret,id={name} reads it from /run/secrets/{name}.",
                )
            guard = Guard(settings.ALLOWED_NETWORKS)

            async def look(emit: Emit) -> None:
                await check_hosts(references, guard)

            self._pump.run(look, self._lines(_PREPARE))
            self._logins = logins_for(build, references.images)
            self.masker = Masker([*self._sealed.values, *(each.password for each in self._logins if each.password)])
        self._done(director.prepared, dockerfile_text=found.text, is_dockerfile_detected=found.is_detected)

    def _build(self) -> None:
        self.ledger.save(BuildStatus.BUILDING)
        self._has_asked = True
        order = self._order()

        async def make(emit: Emit) -> Made:
            return await self._engine.build(order, emit)

        cutter, reader = LineCutter(self.masker), Reader(time.monotonic)
        failed = True
        try:
            made = self._pump.run(make, lambda data: self._tell(reader, cutter.feed(data)))
            failed = False
        finally:
            self._tell(reader, cutter.end())
            self._tell_all(reader.end(failed=failed))
        self._done(
            lambda journal: director.built(journal, made.image_id, pushed_digest=made.digest),
            size=made.size,
            digest=made.digest,
            attestations=list(made.attestations),
        )

    def _push(self) -> None:
        self._has_asked = True
        if self._context is None and not asyncio.run(self._engine.has_image(self.journal.image_id)):
            self._done(director.without_image)
            return
        self._pump.check()
        if self.build.status == BuildStatus.FETCHING or self.build.status == BuildStatus.BUILDING:
            self.ledger.save(BuildStatus.PUSHING)
        order = self._order()

        async def send(emit: Emit) -> Pushed:
            return await self._engine.push(order, self.journal.image_id, emit)

        with self._timed(_PUSH):
            sent = self._pump.run(send, self._lines(_PUSH))
        self._done(lambda journal: director.pushed(journal, sent.digest), digest=sent.digest)

    def _order(self) -> Order:
        build = self.build
        context = self._context
        source = str(build.source.get("git_url", ""))
        labels = {BUILD_LABEL: build.pk, SOURCE_LABEL: source, REVISION_LABEL: build.revision}
        return Order(
            build=build.pk,
            name=f"{build.image}:{build.tag}",
            context=context.chunks if context else tuple,
            dockerfile=context.dockerfile if context else "",
            labels={key: value for key, value in labels.items() if value},
            build_args=build.build_args,
            secrets=self._sealed.secrets,
            target=build.target,
            platforms=tuple(build.platforms),
            logins=self._logins,
            bounds=bounds(),
            folder=self.folder,
        )

    def _done(self, change: Callable[[Journal], Journal], **columns: Any) -> None:
        self.journal = change(self.journal)
        self.ledger.save(journal=self.journal.stored(), **columns)

    def _timed(self, name: str) -> "_Timed":
        return _Timed(self.ledger, name)

    def _lines(self, stage: str) -> Callable[[bytes], None]:
        cutter = LineCutter(self.masker)

        def on_output(data: bytes) -> None:
            for text in cutter.feed(data):
                self.ledger.line(stage, text)

        return on_output

    def _tell(self, reader: Reader, lines: Iterable[str]) -> None:
        for text in lines:
            self._tell_all(reader.read(text))

    def _tell_all(self, news: Iterable[News]) -> None:
        for item in news:
            if isinstance(item, Line):
                self.ledger.line(item.stage, item.text)
            elif isinstance(item, StepNews):
                self.ledger.step(item.name, item.status, item.seconds)
                if item.fraction is not None:
                    self.ledger.progress(item.fraction)


class _Timed:
    """A step of ours: running, then done or failed, with its seconds."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self._ledger, self._name, self._since = ledger, name, time.monotonic()

    def __enter__(self) -> None:
        self._ledger.step(self._name, "running")

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None or issubclass(kind, EngineError | SourceError):
            seconds = round(time.monotonic() - self._since, 1)
            self._ledger.step(self._name, "failed" if kind else "done", seconds)
