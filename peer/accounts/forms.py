"""The shape of what people send about accounts."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length


class SignInForm(FlaskForm):  # type: ignore[misc]
    """Name and passphrase."""

    username = StringField(_l("Name you use here"), validators=[InputRequired(), Length(max=60)])
    passphrase = PasswordField(_l("Passphrase"), validators=[InputRequired(), Length(max=200)])
