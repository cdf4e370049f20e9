"""Where the key of a person's private parts lies, wrapped under their passphrase."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from peer.core.db import Base


class Vault(Base):
    """One person's private key: nothing that the site holds opens it, only the passphrase does."""

    __tablename__ = "vaults"

    account_id: Mapped[str] = mapped_column(
        ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True
    )
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime]
