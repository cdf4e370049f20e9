"""The second factor: codes of an app, or passkeys. Each code and each challenge counts once."""

from hmac import compare_digest

import pyotp
from sqlalchemy import delete, update

from peer.accounts.models import Account, Factor, FactorKind, Stage
from peer.accounts.queries.factors import factor_being_added, factor_for, factors_of
from peer.accounts.queries.vaults import passphrase_of
from peer.accounts.service.signing import end_sessions
from peer.accounts.service.telling import tell
from peer.core import audit, clock, work
from peer.core.errors import Conflict, Invalid
from peer.core.words import N_
from peer.policy import accounts as policy
from peer.policy.roles import Actor

_STEP = 30  # seconds
LABEL = 30  # characters


def first_stage(account: Account, *, required: bool) -> Stage:
    """How far the passphrase alone brings somebody; `required` is off in the demo."""
    if factors_of(account.id):
        return Stage.SECOND
    if required and policy.needs_second_factor(account.roles):
        return Stage.ENROL
    return Stage.OPEN


# --- added, taken away ---------------------------------------------------------------------


def begin_factor(actor: Actor, kind: FactorKind, label: str) -> Factor:
    """A second factor that counts once it has been confirmed; one that was begun before goes."""
    tidy = " ".join(label.split())
    if not tidy or len(tidy) > LABEL or not tidy.isprintable():
        raise Invalid(N_("A word of your own, up to 30 characters."), field="label")
    work.session().execute(
        delete(Factor).where(Factor.account_id == actor.id, Factor.confirmed_at.is_(None))
    )
    found = Factor(account_id=actor.id, kind=kind, made_at=clock.now())
    found.label = tidy
    if kind == FactorKind.APP:
        found.secret = pyotp.random_base32()
    work.session().add(found)
    work.session().flush()
    return found


def confirm_app(actor: Actor, code: str) -> Factor:
    """The app shows the right codes: it counts from now on, and every other session ends."""
    found = factor_being_added(actor.id, FactorKind.APP)
    step = _step_of(found, code)
    if step is None:
        raise Invalid(
            N_("That code does not fit. Is the clock of your phone right? Try the next one."),
            field="code",
        )
    found.last_step = step
    return counts(actor, found)


def counts(actor: Actor, found: Factor) -> Factor:
    """Have a factor count from now on; every other session of the person ends."""
    found.confirmed_at = clock.now()
    _changed(actor, "factor.add", found.kind)
    return found


def remove_factor(actor: Actor, factor_id: str) -> None:
    """Take a factor away; every other session ends. Some roles have to keep one."""
    passphrase_of(actor.id, hold=True)  # of two at once, one sees what the other took away
    found = factor_for(actor.id, factor_id)
    if policy.needs_second_factor(actor.roles) and len(factors_of(actor.id)) == 1:
        raise Conflict(N_("What you do here needs a second factor. Add another one first."))
    work.session().delete(found)
    _changed(actor, "factor.remove", found.kind)


def _changed(actor: Actor, act: str, kind: str) -> None:
    end_sessions(actor.id, "factors_changed", but=actor.session_id)
    audit.record(act, f"account:{actor.id}", by=actor.id, kind=kind)


def forget_factors(account_id: str) -> None:
    """Take every factor of a person away."""
    work.session().execute(delete(Factor).where(Factor.account_id == account_id))


def reset_factors(account_id: str) -> None:
    """From the machine itself: take the factors of somebody away who lost them."""
    forget_factors(account_id)
    end_sessions(account_id, "factors_changed")
    audit.record("factor.reset", f"account:{account_id}", by=None)


def tell_of_wrong_codes(account_id: str) -> None:
    """Leave a person a notice that somebody who has their passphrase tries codes."""
    tell(
        account_id,
        N_(
            "Somebody gave your passphrase and then several wrong codes. If that was not you, change your passphrase."
        ),
        href="/account",
    )


# --- shown ---------------------------------------------------------------------------------


def app_code_fits(account_id: str, code: str) -> bool:
    """Whether an app of theirs shows this code now. It is used up by this."""
    for found in factors_of(account_id, FactorKind.APP):
        step = _step_of(found, code)
        if step is not None and _use_step(found, step):
            return True
    return False


def _step_of(found: Factor, code: str) -> int | None:
    """The step of time whose code this is: now, or the one before or after; never a used one."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()) or not found.secret:
        return None
    now = int(clock.now().timestamp()) // _STEP
    codes = pyotp.TOTP(found.secret, interval=_STEP)
    for step in (now - 1, now, now + 1):
        if step > found.last_step and compare_digest(codes.generate_otp(step), digits):
            return step
    return None


def _use_step(found: Factor, step: int) -> bool:
    """Note the step as used; of two who send the same code at once only one gets through."""
    used = work.session().execute(
        update(Factor).where(Factor.id == found.id, Factor.last_step < step).values(last_step=step)
    )
    return bool(used.rowcount == 1)  # type: ignore[attr-defined]
