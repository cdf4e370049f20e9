"""Headers of every answer, errors too: nothing from elsewhere, nothing kept, nothing framed."""

from flask import Flask, Response, request

_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self' {socket}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "manifest-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)

_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}


def init_app(app: Flask, *, https: bool) -> None:
    """Put the headers on every response of `app`."""

    @app.after_request
    def add(response: Response) -> Response:
        # Safari before 15.4 does not count wss:// of the same host as 'self': name it.
        socket = f"{'wss' if https else 'ws'}://{request.host}"
        response.headers.setdefault("Content-Security-Policy", _CSP.format(socket=socket))
        for name, value in _FIXED.items():
            response.headers.setdefault(name, value)
        if https:
            response.headers.setdefault("Strict-Transport-Security", "max-age=63072000")
        if request.endpoint == "static":
            # Kept, but asked for by its ETag; fonts have to be there at once to be used at all.
            font = request.path.endswith(".woff2")
            response.headers["Cache-Control"] = "max-age=604800" if font else "no-cache"
        else:
            response.headers["Cache-Control"] = "no-store"
        response.headers.pop("Server", None)
        return response
