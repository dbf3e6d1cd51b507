"""Processes one at a time: the JSON line each prints, its time limit, and how much of the machine others used meanwhile."""
import json
import os
import resource
import signal
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
BUSY_LOAD = 0.7     # of the last minute, before the start
BUSY_SHARE = 0.05   # of all processors, by others, during a run
TRIES = 4


class Failed(Exception):
    """A process that did not give its line; says why in one sentence."""


class Disturbed(Exception):
    """Others kept computing."""


def busy_seconds(stat):
    """Of all processors since they started, by anyone, from the text of /proc/stat; what the hypervisor gave to others counts."""
    user, nice, system, _idle, _wait, interrupts, soft_interrupts, stolen = map(int, stat.split("\n", 1)[0].split()[1:9])
    return (user + nice + system + interrupts + soft_interrupts + stolen) / TICKS


def own_seconds():
    """Of this process and of those that it started and that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def share_of_others(busy, own, elapsed, processors):
    """All three in seconds. Ticks are coarse, so very short runs may come out below nothing."""
    return max(0.0, (busy - own) / (elapsed * processors))


class Watch:
    """Measures the share of others from its making to share()."""

    def __init__(self):
        self.begin = self.now()

    @staticmethod
    def now():
        with open("/proc/stat") as file:
            return busy_seconds(file.read()), own_seconds(), time.monotonic()

    def share(self):
        busy, own, elapsed = (after - before for before, after in zip(self.begin, self.now()))
        return share_of_others(busy, own, elapsed, os.cpu_count())


def last_json(text):
    """The last line that is a JSON object, or None."""
    for line in reversed(text.splitlines()):
        if line.startswith("{"):
            return json.loads(line)
    return None


def last_words(text):
    """Of an error output: its last line that says something."""
    return next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "it said nothing")


def run(command, threads, limit, gpu=False):
    """Its last JSON line (or None); sees no GPU unless `gpu`. Throws Failed if it fails or takes more than `limit` seconds."""
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads), TORCHINDUCTOR_CACHE_DIR=os.path.abspath("build/peers/compiled"))
    if not gpu:
        environment["CUDA_VISIBLE_DEVICES"] = ""
    processors = sorted(os.sched_getaffinity(0))[:threads]
    child = subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
                             start_new_session=True, preexec_fn=lambda: os.sched_setaffinity(0, processors))
    try:
        said, complained = child.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        raise Failed(f"took more than {limit:.0f} s") from None
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.communicate()
    if child.returncode:
        raise Failed(last_words(complained))
    return last_json(said)


def run_undisturbed(command, threads, limit, force, say, gpu=False):
    """run(), again while others computed during it; with `force` once. Adds "others", their share. Throws Failed and Disturbed."""
    for attempt in range(TRIES):
        watch = Watch()
        line = run(command, threads, limit, gpu)
        line["others"] = round(watch.share(), 3)
        if force or line["others"] <= BUSY_SHARE:
            return line
        say(f"    others used {line['others']:.0%} of the machine: run {attempt + 1} of {TRIES} does not count")
    raise Disturbed(f"others used more than {BUSY_SHARE:.0%} of the machine in {TRIES} runs of one thing; stop them, or use --force")


def refusal(load, share):
    """Why nothing can be measured now; empty if it can."""
    if load > BUSY_LOAD:
        return f"the load of the last minute is {load:.2f}, above {BUSY_LOAD}"
    if share > BUSY_SHARE:
        return f"others use {share:.0%} of the machine, more than {BUSY_SHARE:.0%}"
    return ""


def why_busy():
    watch = Watch()
    time.sleep(2)
    return refusal(os.getloadavg()[0], watch.share())
