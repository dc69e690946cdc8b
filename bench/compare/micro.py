# SPDX-License-Identifier: BSD-3-Clause
"""bench/micro of two commits, by turns on one core: what each benchmark's time became.

A commit is built in a worktree of its own below build/micro, which goes again; without a second one, head is this tree
as it stands. A path to a program is taken as it is.
"""
import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess

from compare import ratios, record

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRATCH = ROOT / "build" / "micro"
TARGET = "turnpike-micro"
NOISE = 0.02  # a spread that comes nearer to 1 than this is no difference


@dataclasses.dataclass(frozen=True)
class Change:
    """One benchmark's time per iteration in nanoseconds of CPU, and head's as a share of base's."""

    name: str
    base: ratios.Spread | None
    head: ratios.Spread | None
    ratio: ratios.Spread | None

    @property
    def verdict(self):
        if self.ratio is None:
            return "gone" if self.base else "new"
        if self.ratio.most < 1 - NOISE:
            return "faster"
        return "SLOWER" if self.ratio.least > 1 + NOISE else ""


def times(report):
    """Nanoseconds of CPU by name, from what Google Benchmark writes; failed ones are left out."""
    units = {"ns": 1, "us": 1e3, "ms": 1e6, "s": 1e9}
    return {each["name"]: each["cpu_time"] * units[each["time_unit"]] for each in report["benchmarks"]
            if each.get("run_type", "iteration") == "iteration" and not each.get("error_occurred")}


def changes(base, head):
    """From the times of each run of either side, in the order of head's, and what is gone last."""
    names = dict.fromkeys(name for run in [*head, *base] for name in run)
    return [change(name, [run.get(name) for run in base], [run.get(name) for run in head]) for name in names]


def change(name, base, head):
    return Change(name, ratios.spread(base), ratios.spread(head), ratios.ratio(head, base))


def text(found):
    """A table for a terminal."""
    width = max((len(each.name) for each in found), default=0)
    lines = [f"{'benchmark':{width}}  {'base ns':>10}  {'head ns':>10}  {'head/base':>9}  least – most"]
    for each in found:
        base, head = (ratios.number(side.median) if side else "–" for side in (each.base, each.head))
        middle = ratios.factor(each.ratio.median) if each.ratio else "–"
        between = f"{ratios.factor(each.ratio.least)} – {ratios.factor(each.ratio.most)}" if each.ratio else "–"
        lines.append(f"{each.name:{width}}  {base:>10}  {head:>10}  {middle:>9}  {between:12}  {each.verdict}".rstrip())
    return "\n".join(lines)


def command(*words, **options):
    """A command that ends with us, and all that it started with it: a build is several processes."""
    process = subprocess.Popen([str(word) for word in words], start_new_session=True, **options)
    try:
        code = process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        raise
    if code != 0:
        raise subprocess.CalledProcessError(code, process.args)


def build(source, jobs):
    """Configures and builds the release of the tree in `source`, and yields its program."""
    environment = dict(os.environ)
    if shutil.which("ccache"):
        environment["CMAKE_CXX_COMPILER_LAUNCHER"] = "ccache"
    command("cmake", "--preset", "release", cwd=source, stdout=subprocess.DEVNULL, env=environment)
    command("cmake", "--build", "--preset", "release", "--parallel", jobs, "--target", TARGET, cwd=source, env=environment)
    return source / "build" / "release" / "bin" / TARGET


@contextlib.contextmanager
def worktree(commit):
    """A checkout of its own, removed whatever happens."""
    path = SCRATCH / f"{commit}-{os.getpid()}"
    path.parent.mkdir(parents=True, exist_ok=True)
    command("git", "-C", ROOT, "worktree", "add", "--quiet", "--detach", path, commit)
    try:
        yield path
    finally:
        subprocess.run(["git", "-C", str(ROOT), "worktree", "remove", "--force", str(path)], check=False)


@contextlib.contextmanager
def program(word, jobs):
    """(what to call it, the program) of a commit, of a program's path, or of this tree where there is no word."""
    if word is None:
        yield record.commit(), build(ROOT, jobs)
    elif pathlib.Path(word).is_file():
        yield pathlib.Path(word).name, pathlib.Path(word).resolve()
    elif commit := record.git("rev-parse", "--short=12", "--verify", "--quiet", f"{word}^{{commit}}"):
        with worktree(commit) as path:
            yield commit, build(path, jobs)
    else:
        raise ValueError(f"{word} is neither a commit nor a program")


def run(program_path, options):
    """One pass over all benchmarks."""
    words = ["taskset", "-c", str(options.core), str(program_path), "--benchmark_format=json",
             f"--benchmark_min_time={options.seconds:g}", f"--benchmark_filter={options.filter}"]
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode != 0 or not done.stdout.startswith("{"):
        raise RuntimeError(f"{' '.join(words)}: {(done.stderr or done.stdout).strip()[-300:]}")
    return times(json.loads(done.stdout))


def lines(found, base, head):
    """JSON lines, each with what it needs to mean something later."""
    shared = {"time": record.now().isoformat(), "base": base, "head": head, "machine": record.machine(),
              "kernel": os.uname().release}
    for each in found:
        yield json.dumps({"benchmark": each.name, **shared,
                          **{side: dataclasses.asdict(value) if (value := getattr(each, name)) else None
                             for name, side in (("base", "base_ns"), ("head", "head_ns"), ("ratio", "ratio"))}})
