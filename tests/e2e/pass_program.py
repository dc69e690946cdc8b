# SPDX-License-Identifier: BSD-3-Clause
"""An XDP program that lets everything pass, for the far end of a virtual cable.

Such a cable takes from XDP only what the kernel at its other end is ready to receive, and it gets ready where a program
is. A network card needs nothing of the kind.
"""
import ctypes
import functools
import os
import socket
import struct

LIBRARY = "libbpf.so.1"  # iproute2 has it too
BPF_PROG_TYPE_XDP, XDP_FLAGS_DRV_MODE, XDP_PASS = 6, 4, 2
BPF_MOVE, BPF_EXIT = 0xB7, 0x95
INSTRUCTION = "BBhi"
INSTRUCTIONS = struct.pack("=" + 2 * INSTRUCTION, BPF_MOVE, 0, 0, XDP_PASS, BPF_EXIT, 0, 0, 0)


def checked(result):
    if result < 0:
        raise OSError(-result, os.strerror(-result))
    return result


@functools.cache
def loaded():
    """The library, and the program's descriptor."""
    library = ctypes.CDLL(LIBRARY)
    count = len(INSTRUCTIONS) // struct.calcsize("=" + INSTRUCTION)
    return library, checked(library.bpf_prog_load(BPF_PROG_TYPE_XDP, b"pass", b"Dual BSD/GPL", INSTRUCTIONS,
                                                  ctypes.c_size_t(count), None))


def attach(namespace, device):
    """By the driver; it stays for as long as the device does."""
    library, program = loaded()
    with namespace.entered():
        checked(library.bpf_xdp_attach(socket.if_nametoindex(device), program, XDP_FLAGS_DRV_MODE, None))
