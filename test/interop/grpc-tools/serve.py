"""Serves the schemas of a FileDescriptorSet by Google's own reflection; prints the port, ends with stdin."""
import sys
from concurrent import futures

import grpc
from google.protobuf import descriptor_pb2, descriptor_pool
from grpc_reflection.v1alpha import reflection

files = descriptor_pb2.FileDescriptorSet.FromString(open(sys.argv[1], "rb").read()).file
pool = descriptor_pool.Default()
for file in files:
    pool.Add(file)
names = [f"{file.package}.{service.name}" for file in files for service in file.service]
server = grpc.server(futures.ThreadPoolExecutor(max_workers=2))
reflection.enable_server_reflection((*names, reflection.SERVICE_NAME), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
sys.stdin.read()
server.stop(0)
