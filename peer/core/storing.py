"""Whether what people write can be stored at this moment: a full disk, a database that is away.

Units of work say how their commits went. While one could not be made, pages are told so, `/readyz`
says it too, and every beat tries a small write of its own until one goes through.
"""

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

log = structlog.get_logger("work")

_failing = False


def is_failing() -> bool:
    """Whether the last unit of work that had something to store could not."""
    return _failing


def went(error: BaseException | None) -> None:
    """A unit of work that writes has been committed, or could not be for this error."""
    global _failing
    failing = isinstance(error, OperationalError | InterfaceError)
    if error is not None and not failing:
        return  # something was wrong with what it did, not with where it stores
    if failing and not _failing:
        log.error("storing_failed", kind=type(error))
    _failing = failing
