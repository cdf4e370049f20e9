"""Words that are marked for translation where no web framework may be imported."""


def N_(message: str) -> str:
    """Mark `message` for the translators; it is translated where it is shown."""
    return message
