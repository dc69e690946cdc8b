# SPDX-License-Identifier: BSD-3-Clause
"""A DTLS association on a UDP socket of ours, by Debian's OpenSSL: Python's own ssl module has streams only.

OpenSSL reads from one memory buffer and writes to another; what it writes in one step leaves in one datagram.
"""
import ctypes
import time

import turn_client

SSL_ERROR_WANT_READ, SSL_ERROR_ZERO_RETURN = 2, 6
LARGEST_RECORD = 16384


def library(name, **functions):
    """The library, with the result types of those of its functions that yield pointers."""
    loaded = ctypes.CDLL(name)
    for function, result in functions.items():
        getattr(loaded, function).restype = result
    return loaded


SSL = library("libssl.so.3", DTLS_client_method=ctypes.c_void_p, SSL_CTX_new=ctypes.c_void_p,
              SSL_new=ctypes.c_void_p)
CRYPTO = library("libcrypto.so.3", BIO_new=ctypes.c_void_p, BIO_s_mem=ctypes.c_void_p)


def pointer(address):
    return ctypes.c_void_p(address)


class DtlsLink(turn_client.DatagramLink):
    def __init__(self, namespace, server, port=0):
        super().__init__(namespace, server, port)
        context = pointer(SSL.SSL_CTX_new(pointer(SSL.DTLS_client_method())))
        self.ssl = pointer(SSL.SSL_new(context))
        SSL.SSL_CTX_free(context)
        self.inward, self.outward = (pointer(CRYPTO.BIO_new(pointer(CRYPTO.BIO_s_mem()))) for _ in range(2))
        SSL.SSL_set_bio(self.ssl, self.inward, self.outward)
        SSL.SSL_set_connect_state(self.ssl)
        self.complete(SSL.SSL_do_handshake, turn_client.PATIENCE)

    def __del__(self):
        SSL.SSL_free(self.ssl)

    def complete(self, step, timeout):
        """Repeats `step` with what comes from the server until it is done."""
        deadline = time.monotonic() + timeout
        while True:
            CRYPTO.ERR_clear_error()
            done = step(self.ssl)
            self.flush()
            if done > 0:
                return done
            error = SSL.SSL_get_error(self.ssl, done)
            if error != SSL_ERROR_WANT_READ:
                raise turn_client.Closed("close_notify" if error == SSL_ERROR_ZERO_RETURN else f"OpenSSL error {error}")
            self.socket.settimeout(max(deadline - time.monotonic(), 0.001))
            datagram = self.socket.recv(turn_client.LARGEST_DATAGRAM)
            CRYPTO.BIO_write(self.inward, datagram, len(datagram))

    def flush(self):
        buffer = ctypes.create_string_buffer(turn_client.LARGEST_DATAGRAM)
        size = CRYPTO.BIO_read(self.outward, buffer, len(buffer))
        if size > 0:
            self.transmit(buffer.raw[:size])

    def transmit(self, datagram):
        self.socket.send(datagram)

    def send(self, data):
        SSL.SSL_write(self.ssl, data, len(data))
        self.flush()

    def receive(self, timeout):
        buffer = ctypes.create_string_buffer(LARGEST_RECORD)
        size = self.complete(lambda ssl: SSL.SSL_read(ssl, buffer, len(buffer)), timeout)
        return buffer.raw[:size]

    def say_goodbye(self):
        SSL.SSL_shutdown(self.ssl)
        self.flush()
