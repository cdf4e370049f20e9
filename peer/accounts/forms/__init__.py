"""The shape of what people send about accounts."""

from peer.accounts.forms.choices import (
    ROLE_HINTS,
    asked_again,
    language_choices,
    refuse,
    role_choices,
    zone_choices,
)
from peer.accounts.forms.joining import (
    JoinForm,
    NewPassphrase,
    PassphraseForm,
    PlaceAndTime,
    PreferencesForm,
)
from peer.accounts.forms.office import InvitationForm, RolesForm, StartRecoveryForm
from peer.accounts.forms.own import (
    CoverForm,
    DataForm,
    DeviceForm,
    EraseForm,
    ErasePasskeyForm,
    ErasePausedForm,
    ReceiptForm,
    UncoverForm,
)
from peer.accounts.forms.releases import PaperReleaseForm, ReleaseForm
from peer.accounts.forms.signing import (
    AppCodeForm,
    FactorForm,
    OncePassphraseForm,
    PasskeyForm,
    RecoverForm,
    SecondForm,
    SignInForm,
    UnlockForm,
)

__all__ = [
    "ROLE_HINTS",
    "AppCodeForm",
    "CoverForm",
    "DataForm",
    "DeviceForm",
    "EraseForm",
    "ErasePasskeyForm",
    "ErasePausedForm",
    "FactorForm",
    "InvitationForm",
    "JoinForm",
    "NewPassphrase",
    "OncePassphraseForm",
    "PaperReleaseForm",
    "PasskeyForm",
    "PassphraseForm",
    "PlaceAndTime",
    "PreferencesForm",
    "ReceiptForm",
    "RecoverForm",
    "ReleaseForm",
    "RolesForm",
    "SecondForm",
    "SignInForm",
    "StartRecoveryForm",
    "UncoverForm",
    "UnlockForm",
    "asked_again",
    "language_choices",
    "refuse",
    "role_choices",
    "zone_choices",
]
