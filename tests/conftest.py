"""What every test may ask for; each part says in its own file what it promises."""

pytest_plugins = [
    "tests.plugins.no_skips",
    "tests.plugins.quickly",
    "tests.plugins.services",
    "tests.plugins.browser",
    "tests.plugins.site",
    "tests.plugins.lived",
    "tests.plugins.sockets",
    "tests.plugins.behind",
    "tests.plugins.visitors",
    "tests.plugins.history",
]
