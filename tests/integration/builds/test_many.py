"""Much of everything: lines, builds, users."""

import threading
from pathlib import Path

import pytest

from accounts.services import principal_of
from builds.models import Build
from builds.services.queue import WORK_KIND
from core.work.runner import run_next
from tests.factories import make_user
from tests.integration.builds.support import BASE, Builder, everything, in_thread, lines_of

pytestmark = [pytest.mark.docker, pytest.mark.django_db(transaction=True)]

LINES = 20_000
SPEAK = "i=0; while [ $i -lt 20000 ]; do echo line number $i; i=$((i+1)); done"
# BuildKit of an old engine leaves out what comes faster than 200 KiB a second.
SPEAK_SLOWLY = SPEAK.replace("; done", '; [ "$((i%400))" = 0 ] && sleep 0.06; done')


@pytest.mark.parametrize("kind", ["buildkit", "classic"])
def test_twenty_thousand_lines(builder: Builder, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "classic":
        monkeypatch.setattr("builds.engines.docker.warden.hold", lambda *_, **__: False)
    speak = SPEAK if kind == "classic" else SPEAK_SLOWLY
    # What is loaded once, by the first build, belongs to none.
    builder.build(f"FROM {BASE}\nLABEL a=b\n")
    build = builder.start(f"FROM {BASE}\nRUN echo {builder.word}; {speak}\n")
    before = forget_peak()
    build = builder.carry_out(build)
    peak = peak_memory() - before
    assert build.status == "succeeded", build.error
    said = [line for line in lines_of(build) if line.startswith("line number")]
    assert said == [f"line number {number}" for number in range(LINES)]
    assert peak < 50 * 1024**2, peak
    numbers = [number for number, _ in everything(build)]
    assert numbers == list(range(1, len(numbers) + 1))


def forget_peak() -> int:
    """The memory of this process now, in bytes, which the kernel takes for the most that there was."""
    Path("/proc/self/clear_refs").write_text("5")
    return peak_memory()


def peak_memory() -> int:
    text = Path("/proc/self/status").read_text()
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith("VmHWM:"))) * 1024


def test_what_the_engine_left_out_is_said(builder: Builder) -> None:
    build = builder.build(f"FROM {BASE}\nRUN echo {builder.word}; {SPEAK.replace('20000', '60000')}\n")
    assert build.status == "succeeded"
    assert any("output clipped" in line for line in lines_of(build))


def test_two_users_take_turns(builder: Builder) -> None:
    """Ten builds of one, then ten of another: two workers carry out one of each in turn."""
    other = Builder(principal_of(make_user()), builder.registries, f"{builder.word}o")
    mine = [builder.start(f"FROM {BASE}\nLABEL n={number}\n") for number in range(10)]
    theirs = [other.start(f"FROM {BASE}\nLABEL n={number}\n") for number in range(10)]
    overlap: list[int] = []

    def work_off() -> None:
        while run_next([WORK_KIND]):
            overlap.append(Build.objects.exclude(admitted_at=None).filter(finished_at=None).count())

    threads: list[threading.Thread] = [in_thread(work_off) for _ in range(2)]
    for thread in threads:
        thread.join(120)
    while run_next([WORK_KIND]):
        pass
    builds = Build.objects.filter(pk__in=[build.pk for build in (*mine, *theirs)]).order_by("admitted_at")
    assert {build.status for build in builds} == {"succeeded"}
    users = [build.workspace_id for build in builds]
    for number in range(2, 18):
        assert abs(users[:number].count(users[0]) - (number - users[:number].count(users[0]))) <= 2, users
    assert max(overlap) <= 2
    other.clean_up()
