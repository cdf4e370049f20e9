"""How far a session is, step by step: pure rules, walked through by a machine."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from peer.policy import gatherings as policy
from peer.policy.floor import FloorState
from peer.policy.gatherings import Company, Phase, Step, moment_of, phase_of, weekly_dates

START = datetime(2026, 5, 5, 18, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Session:
    """A session as its row holds it."""

    starts_at: datetime = START
    ends_at: datetime = START + timedelta(hours=1)
    quorum: int = 3
    places: int | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None
    cancelled_at: datetime | None = None
    missed: str | None = None
    hour_told_at: datetime | None = None
    written: list[Step] = field(default_factory=list)


def write(session: Session, step: Step, now: datetime, company: Company) -> None:
    """Write a step down, as the service does."""
    session.written.append(step)
    if step == Step.OPEN:
        session.opened_at = now
    elif step == Step.CLOSE:
        session.closed_at = session.ends_at
    elif step == Step.MISS:
        session.missed = policy.why_missed(session, company)
    else:
        session.hour_told_at = now


class SessionStates(RuleBasedStateMachine):
    """Time passes, people come and go, sweeps come late or twice, somebody calls it off."""

    def __init__(self) -> None:
        super().__init__()
        self.session, self.now = Session(), START - timedelta(hours=2)
        self.company, self.before = Company(0, FloorState.NO_STAFF), Phase.PLANNED

    @rule(minutes=st.integers(1, 45))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(people=st.integers(0, 6), staff=st.sampled_from([FloorState.OPEN, FloorState.NO_SECOND]))
    def people_come_and_go(self, people: int, staff: FloorState) -> None:
        self.company = Company(people, staff)

    @rule()
    def sweep(self) -> None:
        while (step := policy.next_step(self.session, self.now, self.company)) is not None:
            write(self.session, step, self.now, self.company)
        assert policy.next_step(self.session, self.now, self.company) is None

    @rule()
    def call_off(self) -> None:
        if policy.can_cancel(self.session, self.now):
            self.session.cancelled_at = self.now

    @invariant()
    def it_only_goes_on(self) -> None:
        order = [Phase.PLANNED, Phase.DOORS, Phase.WAITING, Phase.RUNNING]
        phase = phase_of(self.session, self.now)
        if self.before in policy.OVER:
            assert phase == self.before
        elif phase in order:
            assert order.index(phase) >= order.index(self.before)
        self.before = phase

    @invariant()
    def nothing_is_written_twice(self) -> None:
        assert len(self.session.written) == len(set(self.session.written))
        assert not {Step.OPEN, Step.MISS} <= set(self.session.written)

    @invariant()
    def it_opened_only_with_its_people_in_its_time(self) -> None:
        opened = self.session.opened_at
        if opened is not None:
            assert START <= opened < START + policy.GIVE_UP


SessionStates.TestCase.settings = settings(
    max_examples=120,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
TestSessionStates = SessionStates.TestCase


def test_evening_as_it_should_be() -> None:
    session, enough = Session(), Company(3, FloorState.OPEN)
    phases = []
    for minutes in (-90, -60, -10, 0, 5, 59, 60):
        now = START + minutes * MINUTE
        while (step := policy.next_step(session, now, enough)) is not None:
            write(session, step, now, enough)
        phases.append(phase_of(session, now))
    running = [Phase.RUNNING] * 3
    assert phases == [Phase.PLANNED, Phase.PLANNED, Phase.DOORS, *running, Phase.ENDED]
    assert session.written == [Step.TELL_HOUR, Step.OPEN, Step.CLOSE]


def test_weekly_hour_keeps_its_time_on_the_wall_through_clock_changes() -> None:
    days = weekly_dates(date(2026, 3, 22), None, date(2026, 4, 5))
    moments = [moment_of(day, 19 * 60, "Europe/London") for day in days]
    assert [moment.hour for moment in moments] == [19, 18, 18]
    assert {moment.astimezone(ZoneInfo("Europe/London")).hour for moment in moments} == {19}
    # Somebody in Phoenix, whose clock never changes, finds it an hour earlier from then on.
    assert [m.astimezone(ZoneInfo("America/Phoenix")).hour for m in moments] == [12, 11, 11]


def test_hour_that_a_clock_change_leaves_out_comes_as_much_later() -> None:
    # On 29 March 2026 London's clocks go from 01:00 to 02:00.
    left_out = moment_of(date(2026, 3, 29), 90, "Europe/London")
    assert left_out.astimezone(ZoneInfo("Europe/London")).hour == 2
    # On 25 October there are two half past ones; it is the first.
    assert moment_of(date(2026, 10, 25), 90, "Europe/London").hour == 0


def test_dates_are_made_once_however_often_they_are_asked_for() -> None:
    first, until = date(2026, 5, 5), date(2026, 6, 5)
    made = weekly_dates(first, None, until)
    assert len(made) == 5
    assert weekly_dates(first, made[-1], until) == []
    assert weekly_dates(first, made[-1], until + timedelta(days=7)) == [date(2026, 6, 9)]
