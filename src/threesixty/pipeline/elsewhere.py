"""Run a generator in a process of its own, to use more than one core.

Not `multiprocessing`: that would run the user's own script once more in every process it starts.
"""

from __future__ import annotations

import ctypes
import gc
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import IO, Any, ParamSpec, TypeVar

from threesixty.errors import ThreesixtyError

P = ParamSpec("P")
T = TypeVar("T")
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>


def elsewhere(function: Callable[P, Iterator[T]], *given: P.args, **named: P.kwargs) -> Iterator[T]:
    """What a generator function of a module gives, in its order; it starts at once, and works ahead.

    Arguments and values are pickled. What is raised there is raised here, at its place in the order.
    """
    # The interpreter, our own module and a pipe: nothing in the command comes from outside.
    worker = subprocess.Popen(
        [sys.executable, "-m", "threesixty.pipeline.elsewhere"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert worker.stdin is not None  # noqa: S101 — it was asked for
    with worker.stdin as stdin:
        pickle.dump((os.getpid(), function, given, named), stdin, pickle.HIGHEST_PROTOCOL)
    return _values(worker)


def _values(worker: subprocess.Popen[bytes]) -> Iterator[Any]:
    assert worker.stdout is not None  # noqa: S101 — it was asked for
    try:
        with worker.stdout as stdout:
            while (said := _next(stdout, worker)) is not None:
                value, error = said
                if error is not None:
                    raise error
                yield value
    finally:
        worker.kill()
        worker.wait()


def _next(stdout: IO[bytes], worker: subprocess.Popen[bytes]) -> tuple[Any, BaseException | None] | None:
    try:
        # What a process of ours wrote into a pipe that only we hold.
        said: tuple[Any, BaseException | None] | None = pickle.load(stdout)  # noqa: S301
    except (EOFError, pickle.UnpicklingError):
        code = worker.wait()
        raise ThreesixtyError(
            f"a worker process ended early (exit {code})", hint="run the command again"
        ) from None
    return said


def spread(function: Callable[..., T], parts: Sequence[tuple[Any, ...]]) -> list[T]:
    """What a function gives for each part, worked out at once, all but the first in copies of this process.

    They share its memory. Only for a process with one thread, as `elsewhere` starts: a copy has no others.
    """
    rest = [_copied(function, part) for part in parts[1:]]
    return [function(*parts[0]), *(answer() for answer in rest)]


def _copied(function: Callable[..., T], part: tuple[Any, ...]) -> Callable[[], T]:
    inward, outward = os.pipe()
    copied = os.getpid()
    copy = os.fork()
    if not copy:
        # Nothing of what the copied process would do at its end is for the copy to do.
        try:
            _end_with(copied)
            with os.fdopen(outward, "wb") as pipe:
                pickle.dump(_outcome(function, part), pipe, pickle.HIGHEST_PROTOCOL)
        finally:
            os._exit(0)
    os.close(outward)

    def answer() -> T:
        try:
            with os.fdopen(inward, "rb") as pipe:
                value, error = pickle.load(pipe)  # noqa: S301 — what our own copy wrote
        except EOFError:
            raise ThreesixtyError("a worker process ended early", hint="run the command again") from None
        finally:
            os.waitpid(copy, 0)
        if error is not None:
            raise error
        found: T = value
        return found

    return answer


def _outcome(function: Callable[..., Any], part: tuple[Any, ...]) -> tuple[Any, Exception | None]:
    try:
        return function(*part), None
    except Exception as error:  # noqa: BLE001 — it is raised again where somebody waits for it
        return None, _portable(error)


def main() -> None:
    """Answer one call, from standard input to standard output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; it ends us
    gc.disable()  # millions of values and no cycles among them: looking for rubbish costs a quarter
    parent, function, given, named = pickle.load(sys.stdin.buffer)  # noqa: S301 — written by our parent
    _end_with(parent)
    with suppress(BrokenPipeError):
        try:
            for value in function(*given, **named):
                _tell((value, None))
        except Exception as error:  # noqa: BLE001 — it is raised again where somebody waits for it
            _tell((None, _portable(error)))
        _tell(None)


def _end_with(parent: int) -> None:
    """Let Linux end this process with the one it works for, whatever ended that: nobody waits any more.

    More exactly with the thread that started it, which is the one that asks for the values.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _tell(said: object) -> None:
    pickle.dump(said, sys.stdout.buffer, pickle.HIGHEST_PROTOCOL)
    sys.stdout.buffer.flush()


def _portable(error: Exception) -> Exception:
    with suppress(Exception):
        pickle.loads(pickle.dumps(error))  # noqa: S301 — only to see whether it can be
        return error
    return ThreesixtyError(str(error))


if __name__ == "__main__":
    main()
