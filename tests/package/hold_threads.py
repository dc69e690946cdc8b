# SPDX-License-Identifier: BSD-3-Clause
"""Stops every thread of a process but its first, as a bug would that locks up what works: hold_threads.py PID.

Prints `held` and how many, then holds them until the process is gone.
"""
import ctypes
import os
import sys

PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207
ALL_THREADS = 0x40000000

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]


def ptrace(request, thread):
    if libc.ptrace(request, thread, None, None) != 0:
        raise OSError(ctypes.get_errno(), f"ptrace {request:#x} of thread {thread}")


def main(process):
    threads = [int(each) for each in os.listdir(f"/proc/{process}/task") if int(each) != process]
    for each in threads:
        ptrace(PTRACE_SEIZE, each)
        ptrace(PTRACE_INTERRUPT, each)
        os.waitpid(each, ALL_THREADS)
    print("held", len(threads), flush=True)
    while True:
        try:
            os.waitpid(-1, ALL_THREADS)
        except ChildProcessError:
            return


main(int(sys.argv[1]))
