"""gRPC's interop cases in Python.

peer.py PROTO_FOLDER serve           a server; prints its port
peer.py PROTO_FOLDER call PORT CASE  one case against a server; exit code 0 when it holds
"""
import queue
import sys
import time
from concurrent import futures

import grpc

folder, role = sys.argv[1], sys.argv[2]
sys.path.append(folder)
pb, rpc = grpc.protos_and_services("testing.proto")

ECHO = "x-grpc-test-echo-initial"
ECHO_BIN = "x-grpc-test-echo-trailing-bin"
REQUEST_SIZES = [27182, 8, 1828, 45904]
RESPONSE_SIZES = [31415, 9, 2653, 58979]


def payload(size):
    return pb.Payload(body=b"\0" * size)


def echo(context):
    for name, value in context.invocation_metadata():
        if name == ECHO:
            context.send_initial_metadata(((name, value),))
        if name == ECHO_BIN:
            context.set_trailing_metadata(((name, value),))


def fail_if_asked(request, context):
    status = request.response_status
    if status.code:
        code = next(code for code in grpc.StatusCode if code.value[0] == status.code)
        context.abort(code, status.message)


def answers(request):
    for parameters in request.response_parameters:
        time.sleep(parameters.interval_us / 1e6)
        yield pb.StreamingOutputCallResponse(payload=payload(parameters.size))


class TestService(rpc.TestServiceServicer):
    def EmptyCall(self, request, context):
        return pb.Empty()

    def UnaryCall(self, request, context):
        echo(context)
        fail_if_asked(request, context)
        return pb.SimpleResponse(payload=payload(request.response_size))

    def StreamingOutputCall(self, request, context):
        yield from answers(request)

    def StreamingInputCall(self, requests, context):
        size = sum(len(request.payload.body) for request in requests)
        return pb.StreamingInputCallResponse(aggregated_payload_size=size)

    def FullDuplexCall(self, requests, context):
        echo(context)
        for request in requests:
            fail_if_asked(request, context)
            yield from answers(request)


def serve():
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=16))
    rpc.add_TestServiceServicer_to_server(TestService(), server)
    print(server.add_insecure_port("127.0.0.1:0"), flush=True)
    server.start()
    server.wait_for_termination()


def status_of(work):
    try:
        work()
    except grpc.RpcError as error:
        return error.code(), error.details()
    raise AssertionError("the call was expected to fail")


def large_unary(stub, metadata=()):
    request = pb.SimpleRequest(response_size=314159, payload=payload(271828))
    response, call = stub.UnaryCall.with_call(request, metadata=metadata)
    assert len(response.payload.body) == 314159
    return call


def ping(index):
    parameters = [pb.ResponseParameters(size=RESPONSE_SIZES[index])]
    return pb.StreamingOutputCallRequest(response_parameters=parameters, payload=payload(REQUEST_SIZES[index]))


def ping_pong(stub, count=4, metadata=()):
    requests = queue.Queue()
    call = stub.FullDuplexCall(iter(requests.get, None), metadata=metadata)
    for index in range(count):
        requests.put(ping(index))
        assert len(next(call).payload.body) == RESPONSE_SIZES[index]
    requests.put(None)
    assert list(call) == []
    return call


def empty_unary(stub):
    assert stub.EmptyCall(pb.Empty()) == pb.Empty()


def client_streaming(stub):
    requests = (pb.StreamingInputCallRequest(payload=payload(size)) for size in REQUEST_SIZES)
    assert stub.StreamingInputCall(requests).aggregated_payload_size == 74922


def server_streaming(stub):
    parameters = [pb.ResponseParameters(size=size) for size in RESPONSE_SIZES]
    responses = stub.StreamingOutputCall(pb.StreamingOutputCallRequest(response_parameters=parameters))
    assert [len(response.payload.body) for response in responses] == RESPONSE_SIZES


def empty_stream(stub):
    assert list(stub.FullDuplexCall(iter(()))) == []


def custom_metadata(stub):
    metadata = ((ECHO, "test_initial_metadata_value"), (ECHO_BIN, b"\xab\xab\xab"))
    for call in (large_unary(stub, metadata), ping_pong(stub, 1, metadata)):
        assert (ECHO, "test_initial_metadata_value") in call.initial_metadata()
        assert (ECHO_BIN, b"\xab\xab\xab") in call.trailing_metadata()


def status_code_and_message(stub):
    status = pb.EchoStatus(code=2, message="test status message")
    expected = (grpc.StatusCode.UNKNOWN, status.message)
    assert status_of(lambda: stub.UnaryCall(pb.SimpleRequest(response_status=status))) == expected
    request = pb.StreamingOutputCallRequest(response_status=status)
    assert status_of(lambda: list(stub.FullDuplexCall(iter([request])))) == expected


def special_status_message(stub):
    message = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n"
    status = pb.EchoStatus(code=2, message=message)
    assert status_of(lambda: stub.UnaryCall(pb.SimpleRequest(response_status=status))) == (
        grpc.StatusCode.UNKNOWN,
        message,
    )


def unimplemented_method(stub):
    assert status_of(lambda: stub.UnimplementedCall(pb.Empty()))[0] == grpc.StatusCode.UNIMPLEMENTED


def unimplemented_service(stub):
    other = rpc.UnimplementedServiceStub(stub.channel)
    assert status_of(lambda: other.UnimplementedCall(pb.Empty()))[0] == grpc.StatusCode.UNIMPLEMENTED


def cancel_after_begin(stub):
    call = stub.StreamingInputCall.future(iter(queue.Queue().get, None))
    call.cancel()
    assert call.cancelled()


def cancel_after_first_response(stub):
    requests = queue.Queue()
    requests.put(ping(0))
    call = stub.FullDuplexCall(iter(requests.get, None))
    assert len(next(call).payload.body) == RESPONSE_SIZES[0]
    call.cancel()
    assert status_of(lambda: next(call))[0] == grpc.StatusCode.CANCELLED


def timeout_on_sleeping_server(stub):
    request = ping(0)
    request.response_parameters[0].interval_us = 1000000
    requests = queue.Queue()
    requests.put(request)
    call = stub.FullDuplexCall(iter(requests.get, None), timeout=0.001)
    assert status_of(lambda: next(call))[0] == grpc.StatusCode.DEADLINE_EXCEEDED


def call(port, case):
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = rpc.TestServiceStub(channel)
        stub.channel = channel
        globals()[case](stub)
    print("held")
    # Threads that wait for requests of a cancelled call would keep the process.
    sys.stdout.flush()
    import os

    os._exit(0)


if role == "serve":
    serve()
else:
    call(sys.argv[3], sys.argv[4])
