"""One fresh process: prepares, measures or checks one thing and prints one line of JSON.

`python -m tests.benchmarks.child WHAT TASK`; WHAT is prepare, time or check, TASK is a Task as JSON.
"""

import json
import resource
import sys
import time

from .works import Skipped, Task


class Timer:
    """Wall and CPU seconds between enter and exit."""

    def __enter__(self) -> "Timer":
        self.began, self.cpu_began = time.perf_counter(), _cpu_seconds()
        return self

    def __exit__(self, *error) -> None:
        self.seconds, self.cpu_seconds = time.perf_counter() - self.began, _cpu_seconds() - self.cpu_began


def _cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def timed(task: Task) -> dict:
    timer = Timer()
    if task.who == "ours":
        from .ours import timed_models

        timed_models(task, timer)
    else:
        from .peers import timed_kernel

        timed_kernel(task, timer)
    return {"seconds": timer.seconds, "cpu_seconds": timer.cpu_seconds}


def main() -> None:
    what, task = sys.argv[1], Task.from_json(sys.argv[2])
    try:
        if what == "time":
            found = timed(task)
        elif what == "prepare":
            from .prepare import prepare

            found = prepare(task)
        else:
            from .agree import check

            found = check(task)
    except Skipped as why:
        found = {"skipped": str(why)}
    print(json.dumps(found))


if __name__ == "__main__":
    main()
