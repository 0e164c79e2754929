"""Runs a program in a pseudo-terminal and types into it: terminal.py KEYS PROGRAM [ARGUMENT...]

KEYS is a JSON list of [text to wait for, keys to type]. Prints what the program wrote; ends as it ended."""
import json, os, pty, select, sys, time

steps, command = json.loads(sys.argv[1]), sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(command[0], command)

output, seen, deadline = b"", 0, time.time() + 30
while True:
    if steps and steps[0][0].encode() in output[seen:]:
        seen = len(output)
        os.write(terminal, steps.pop(0)[1].encode())
    if time.time() > deadline:
        os.kill(pid, 9)
        break
    if select.select([terminal], [], [], 0.1)[0]:
        try:
            chunk = os.read(terminal, 65536)
        except OSError:  # the program has closed its side
            break
        if not chunk:
            break
        output += chunk
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(output)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
