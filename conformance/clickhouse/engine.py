"""ClickHouse's engine behind as much of its HTTP interface as its client uses: one statement after the other.

Settings of a request hold for that request. Ends with its standard input, so that nobody's engine is left behind.
"""
import os
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from chdb import session

# Of the server's interface, not of the engine.
NOT_SETTINGS = {"query", "database", "query_id", "session_id", "wait_end_of_query", "default_format", "role"}
LOCK = threading.Lock()
ENGINE = session.Session(sys.argv[1])


def literal(text):
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def answer(parameters, body):
    asked = dict(parameters)
    if "query" in asked:
        sql = asked["query"].encode() + b"\n" + body
    else:
        sql = body
    named = {name[6:]: value for name, value in asked.items() if name.startswith("param_")}
    settings = {
        name: value
        for name, value in asked.items()
        if name not in NOT_SETTINGS and not name.startswith("param_")
    }
    with LOCK:
        ENGINE.query("USE " + (asked.get("database") or "default"))
        for name, value in settings.items():
            ENGINE.query(f"SET {name} = {literal(value)}")
        try:
            return ENGINE.query(sql.decode(), "TSV", params=named or None).bytes()
        finally:
            for name in settings:
                ENGINE.query(f"SET {name} = DEFAULT")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        chunked = self.headers.get("transfer-encoding", "") == "chunked"
        body = self.chunks() if chunked else self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            self.reply(200, answer(parse_qsl(urlsplit(self.path).query, keep_blank_values=True), body))
        except Exception as error:
            found = re.search(r"Code: (\d+)", str(error))
            self.reply(500, str(error).encode(), {"X-ClickHouse-Exception-Code": found.group(1) if found else "1000"})

    do_GET = do_POST

    def chunks(self):
        pieces = []
        while size := int(self.rfile.readline().strip(), 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(pieces)

    def reply(self, status, body, headers=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def leave():
    sys.stdin.buffer.read()
    os._exit(0)


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=leave, daemon=True).start()
print(server.server_address[1], flush=True)
server.serve_forever()
