"""A foreign gRPC peer. `peer.py serve` prints its port and serves; `peer.py call ADDRESS` prints one JSON line per check.

Messages are JSON in bytes, so that no generated code is needed.
"""

import json
import sys
import threading
import time
from concurrent import futures

import grpc

SERVICE = "greeter.Greeter"
encode = lambda message: json.dumps(message).encode()
decode = lambda data: json.loads(data)


class Greeter(grpc.GenericRpcHandler):
    def service(self, details):
        name = details.method.rsplit("/", 1)[1]
        handlers = {
            "Hello": grpc.unary_unary_rpc_method_handler(self.hello, decode, encode),
            "Fail": grpc.unary_unary_rpc_method_handler(self.fail, decode, encode),
            "Hang": grpc.unary_unary_rpc_method_handler(self.hang, decode, encode),
            "Count": grpc.unary_stream_rpc_method_handler(self.count, decode, encode),
            "Join": grpc.stream_unary_rpc_method_handler(self.join, decode, encode),
            "Chat": grpc.stream_stream_rpc_method_handler(self.chat, decode, encode),
        }
        return handlers.get(name)

    def hello(self, request, context):
        echo = dict(context.invocation_metadata()).get("echo", "none")
        context.send_initial_metadata((("echo-header", echo),))
        context.set_trailing_metadata((("echo-trailer", echo),))
        return {"name": "Hello " + request["name"]}

    def fail(self, request, context):
        context.abort(grpc.StatusCode.NOT_FOUND, "né 100%")

    def hang(self, request, context):
        gone = threading.Event()
        context.add_callback(gone.set)
        gone.wait(10)
        return {"name": ""}

    def count(self, request, context):
        for i in range(int(request["name"])):
            yield {"name": str(i + 1)}

    def join(self, requests, context):
        return {"name": "+".join(request["name"] for request in requests)}

    def chat(self, requests, context):
        for request in requests:
            if request["name"] == "bye":
                return
            yield {"name": "you said " + request["name"]}


def serve():
    server = grpc.server(futures.ThreadPoolExecutor(8), options=[("grpc.max_receive_message_length", 4194304)])
    server.add_generic_rpc_handlers((Greeter(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    sys.stdin.read()
    server.stop(0)


def call(address):
    report = lambda check, value: print(json.dumps({"check": check, "value": value}), flush=True)
    with grpc.insecure_channel(address) as channel:
        unary = lambda name: channel.unary_unary(f"/{SERVICE}/{name}", encode, decode)

        reply, rpc = unary("Hello").with_call({"name": "Ada"}, metadata=(("echo", "ping"), ("photo-bin", b"\x00\x01")))
        report("unary", reply)
        report("header", dict(rpc.initial_metadata()).get("echo-header"))
        report("trailer", dict(rpc.trailing_metadata()).get("echo-trailer"))

        def failure(work):
            try:
                work()
            except grpc.RpcError as error:
                return [error.code().name, error.details()]
            return None

        report("fail", failure(lambda: unary("Fail")({"name": "x"})))
        report("unknown method", failure(lambda: unary("Nope")({})))
        report("deadline", failure(lambda: unary("Hang")({}, timeout=0.2))[0])
        report("too large", failure(lambda: unary("Hello")({"name": "x" * 4194304}))[0])
        report("large", len(unary("Hello")({"name": "x" * 3145728})["name"]))
        gzip = unary("Hello")({"name": "zip" * 1000}, compression=grpc.Compression.Gzip)
        report("gzip", len(gzip["name"]))
        report(
            "deflate",
            failure(lambda: unary("Hello")({"name": "zip" * 1000}, compression=grpc.Compression.Deflate))[0],
        )

        count = channel.unary_stream(f"/{SERVICE}/Count", encode, decode)
        report("server stream", [message["name"] for message in count({"name": "5"})])
        join = channel.stream_unary(f"/{SERVICE}/Join", encode, decode)
        report("client stream", join(iter([{"name": "a"}, {"name": "b"}])))
        chat = channel.stream_stream(f"/{SERVICE}/Chat", encode, decode)
        report("bidi", [message["name"] for message in chat(iter([{"name": "a"}, {"name": "b"}, {"name": "bye"}]))])

        forever = channel.unary_stream(f"/{SERVICE}/Forever", encode, decode)({"name": "x"})
        next(forever)
        forever.cancel()
        report("cancel", failure(lambda: list(forever))[0])

        hanging = unary("Hang").future({})
        time.sleep(0.2)
        hanging.cancel()
        report("cancel unary", hanging.cancelled())


if __name__ == "__main__":
    serve() if sys.argv[1] == "serve" else call(sys.argv[2])
