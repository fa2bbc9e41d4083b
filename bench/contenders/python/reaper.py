"""Runs a command and waits for every process that it leaves behind, so that their CPU time is counted in this one's."""

import ctypes
import os
import sys

PR_SET_CHILD_SUBREAPER = 36
ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
command = sys.argv[1:]
child = os.spawnvp(os.P_NOWAIT, command[0], command)
while True:
    ended, status = os.wait()
    if ended == child:
        sys.exit(os.waitstatus_to_exitcode(status) & 255)
