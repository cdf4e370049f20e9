"""What a person shows besides the passphrase: an app that makes codes, or passkeys."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from peer.core.db import Base, new_id
from peer.core.keys import SealedText


class FactorKind(StrEnum):
    """What kind of second factor it is."""

    APP = "app"
    PASSKEY = "passkey"


class Factor(Base):
    """One second factor, under a word that its person chose. It counts once it was confirmed."""

    __tablename__ = "factors"

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(String(8))
    label_sealed: Mapped[bytes] = mapped_column("label", LargeBinary)
    label = SealedText("label_sealed", owner="account_id")
    made_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    # An app: what its codes are made of, and the last step whose code was used.
    secret_sealed: Mapped[bytes | None] = mapped_column("secret", LargeBinary)
    secret = SealedText("secret_sealed", owner="account_id")
    last_step: Mapped[int] = mapped_column(default=0)
    # A passkey.
    credential_id: Mapped[str | None] = mapped_column(String(1400), unique=True)
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger, default=0)
