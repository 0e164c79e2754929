"""Reads folders, one per line; writes for each whether protoc accepts the a.proto in it, as JSON: [true, ""]."""

import json
import os
import sys
import tempfile

from grpc_tools import _protoc_compiler

try:
    from importlib.resources import files
    include = str(files("grpc_tools") / "_proto")
except ImportError:
    import pkg_resources
    include = pkg_resources.resource_filename("grpc_tools", "_proto")

for line in sys.stdin:
    folder = line.rstrip("\n")
    with tempfile.TemporaryFile() as errors:
        sys.stderr.flush()
        saved = os.dup(2)
        os.dup2(errors.fileno(), 2)
        arguments = ["protoc", "-I" + folder, "-I" + include, "-o/dev/null", "a.proto"]
        try:
            code = _protoc_compiler.run_main([argument.encode() for argument in arguments])
        finally:
            os.dup2(saved, 2)
            os.close(saved)
        errors.seek(0)
        said = errors.read().decode(errors="replace")
    print(json.dumps([code == 0, said]), flush=True)
