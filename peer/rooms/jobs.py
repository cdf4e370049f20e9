"""What the clock brings in rooms."""

from peer.core import queue, work
from peer.rooms import queries, service


@queue.sweep("rooms.company")
def forget_who_was_where() -> None:
    """Moments at which people were seen in a room go as soon as they decide nothing."""
    with work.begin():
        service.forget_company()
        service.end_overdue_asides()
    with work.begin(writes=False):
        over = queries.rooms_of_ended_asides()
    for room_id in over:
        with work.begin():
            service.close_aside(room_id)


@queue.sweep("rooms.dates")
def what_is_due() -> None:
    """Sessions open, close, or are let go; people are told; weekly hours get their next dates."""
    with work.begin():
        service.make_coming_dates()
    with work.begin(writes=False):
        due = service.rooms_to_tend()
    for room_id in sorted(due):
        with work.begin():
            service.tend(room_id)
