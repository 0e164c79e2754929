"""Asks a server for health and schema with Google's own clients; prints one JSON object."""
import json
import sys

import grpc
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

channel = grpc.insecure_channel(sys.argv[1])
health = health_pb2_grpc.HealthStub(channel)
name = health_pb2.HealthCheckResponse.ServingStatus.Name


def check(service):
    try:
        return name(health.Check(health_pb2.HealthCheckRequest(service=service)).status)
    except grpc.RpcError as error:
        return error.code().name


watch = health.Watch(health_pb2.HealthCheckRequest(service=""))
database = ProtoReflectionDescriptorDatabase(channel)
service = DescriptorPool(database).FindServiceByName("greeter.Greeter")
print(
    json.dumps(
        {
            "health": [check(""), check("greeter.Greeter"), check("nobody")],
            "watch": name(next(watch).status),
            "services": sorted(database.get_services()),
            "methods": [method.name for method in service.methods],
        }
    )
)
watch.cancel()
