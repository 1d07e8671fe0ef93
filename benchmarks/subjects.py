"""What is compared: one name, one way to build its ASGI application."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp


@dataclass(frozen=True)
class Subject:
    """One competitor. `build` runs in the server's process."""

    name: str
    title: str
    build: Callable[[], ASGIApp]


def _double() -> ASGIApp:
    from benchmarks.double import double

    return double()


def _bare() -> ASGIApp:
    from benchmarks.bare import bare

    return bare()


def _flask(*, validate_responses: bool = False) -> ASGIApp:
    from benchmarks.stock import flask_app

    return flask_app(validate_responses=validate_responses)


def _async(*, validate_responses: bool = False) -> ASGIApp:
    from benchmarks.stock import async_app

    return async_app(validate_responses=validate_responses)


DOUBLE = "double"
BARE = "bare"
FLASK = "flask"
ASYNC = "async"

# Each is imported in its own server only: what one loads must not show in another's memory.
SUBJECTS: dict[str, Subject] = {
    subject.name: subject
    for subject in (
        Subject(DOUBLE, "duble", _double),
        Subject(FLASK, "stock FlaskApp", _flask),
        Subject(ASYNC, "stock AsyncApp", _async),
        Subject("flask-checked", "FlaskApp, checked", lambda: _flask(validate_responses=True)),
        Subject("async-checked", "AsyncApp, checked", lambda: _async(validate_responses=True)),
        Subject(BARE, "bare ASGI", _bare),
    )
}
