"""Runs a command and waits for every process that it leaves behind, so that their CPU time is counted in this one's.

Ends all of them when its parent goes away; it leads a process group of its own.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
signal.signal(signal.SIGTERM, lambda *_: os.killpg(0, signal.SIGKILL))
ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
command = sys.argv[1:]
child = os.spawnvp(os.P_NOWAIT, command[0], command)
while True:
    ended, status = os.wait()
    if ended == child:
        sys.exit(os.waitstatus_to_exitcode(status) & 255)
