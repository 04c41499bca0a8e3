"""A server of the test's own that takes messages as chat robots, gateways and mail servers do."""

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Gateway:
    """What came in, and what is answered next; 200 and no fault unless told otherwise."""

    url: str
    port: int
    came: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    answers: list[tuple[int, Any]] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The words of all messages."""
        return [json.dumps(body, ensure_ascii=False) for _, body in self.came]


@contextmanager
def open_gateway() -> Iterator[Gateway]:
    """Listen on a free port until the block ends."""
    gateway = Gateway("", 0)

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            gateway.came.append((self.path, json.loads(self.rfile.read(length))))
            status, body = gateway.answers.pop(0) if gateway.answers else (200, {"errcode": 0})
            told = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Taker)
    gateway.port = server.server_address[1]
    gateway.url = f"http://127.0.0.1:{gateway.port}/robot?key=geheim-0815"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def open_mailbox() -> Iterator[tuple[int, list[str]]]:
    """A mail server without a password; its port and the letters that came."""
    letters: list[str] = []

    class Postman(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline().decode().strip():
                word = line.split()[0].upper()
                if word == "DATA":
                    self.wfile.write(b"354 go on\r\n")
                    letter = b""
                    while (part := self.rfile.readline()) != b".\r\n":
                        letter += part
                    letters.append(letter.decode())
                self.wfile.write(b"221 bye\r\n" if word == "QUIT" else b"250 well\r\n")
                if word == "QUIT":
                    return

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Postman)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1], letters
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
