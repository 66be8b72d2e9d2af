"""Errors at a function's init, in its log; the emulator tells them its own log alone.

AWS: "Understanding the Lambda execution environment lifecycle" (lambda-runtime-environment.html,
init phase) and "Log and monitor Python Lambda functions": an uncaught exception is in the
function's log with its traceback.

One of the files that know the emulator from inside: an event source mapping invokes without a
request, so no answer tells that a function did not start.
"""

from __future__ import annotations

from typing import Any

from ministack.core import lambda_runtime

# Where the emulator's Python runtime gives up; it keeps the exception's text and drops the rest.
_QUIET = """    except Exception as e:
        _real_stdout.write(json.dumps({"status": "error", "error": str(e)})"""
# What a process says on stderr is its function's log.
_TOLD = """    except BaseException as e:
        sys.stderr.write(f"[ERROR] {type(e).__name__}: {e}\\n")
        traceback.print_exc()
        sys.stderr.flush()
        _real_stdout.write(json.dumps({"status": "error", "error": str(e)})"""


def log_init_errors() -> None:
    """Let every function of this process that cannot start say so in its log."""
    script = lambda_runtime._PYTHON_WORKER_SCRIPT  # noqa: SLF001
    if script.count(_QUIET) != 1:
        raise RuntimeError("the emulator starts functions in another way; see init_errors.py")
    lambda_runtime._PYTHON_WORKER_SCRIPT = script.replace(_QUIET, _TOLD)  # noqa: SLF001
    invoke = lambda_runtime.Worker.invoke

    def told(worker: Any, *given: Any, **named: Any) -> dict[str, Any]:  # noqa: ANN401 - as it is called
        try:
            answer: dict[str, Any] = invoke(worker, *given, **named)
        except RuntimeError as error:
            # As after an error in the handler, which the emulator does write to the log.
            log = worker._drain_stderr_bounded(first_line_wait=1)  # noqa: SLF001
            answer = {"status": "error", "error": str(error), "log": log}
        return answer

    lambda_runtime.Worker.invoke = told
