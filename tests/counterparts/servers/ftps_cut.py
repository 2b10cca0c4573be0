"""An FTPS server whose connections break on purpose.

    ftps_cut.py FOLDER BYTES [TIMES]

Serves FOLDER to the user `blog` with the password `secret`, with explicit TLS and a self-made certificate.
The first TIMES uploads (default 1) are cut after BYTES bytes: both connections are closed without a word, as
when the network goes away, and what had arrived stays. Prints its port, then runs until it is ended. Needs
pyftpdlib and pyOpenSSL; for a server that behaves, see ftps.sh.
"""

import os
import socket
import struct
import subprocess
import sys
import tempfile

from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import TLS_DTPHandler, TLS_FTPHandler
from pyftpdlib.servers import FTPServer

folder, limit = sys.argv[1], int(sys.argv[2])
remaining = [int(sys.argv[3]) if len(sys.argv) > 3 else 1]
scratch = tempfile.mkdtemp()
certificate = os.path.join(scratch, "both.pem")
subprocess.run(
    ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=localhost", "-addext",
     "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", certificate, "-out", certificate + ".crt"],
    check=True, stderr=subprocess.DEVNULL)
with open(certificate, "a") as both, open(certificate + ".crt") as crt:
    both.write(crt.read())


class Cutting(TLS_DTPHandler):
    def handle_read_event(self):
        super().handle_read_event()
        if remaining[0] > 0 and self.tot_bytes_received >= limit:
            remaining[0] -= 1
            for connection in self, self.cmd_channel:
                # Without lingering, closing sends a reset instead of a farewell.
                connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            control = self.cmd_channel
            self.close()
            control.close()


class Handler(TLS_FTPHandler):
    certfile = certificate
    tls_control_required = True
    tls_data_required = True
    dtp_handler = Cutting


authorizer = DummyAuthorizer()
authorizer.add_user("blog", "secret", folder, perm="elradfmwMT")
Handler.authorizer = authorizer
server = FTPServer(("127.0.0.1", 0), Handler)
print(server.address[1], flush=True)
server.serve_forever()
