"""The server's entry: `gunicorn -k gevent peer.wsgi:app`."""

from peer.app import create_server

app = create_server()
