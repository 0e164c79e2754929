import { badRequest } from "../../errors/index.ts";
import type { MessageInit, ServiceType } from "../../protobuf/index.ts";
import type { Server } from "../../server/index.ts";
import {
  ServerReflection,
  type ServerReflectionHandler,
  type ServerReflectionMethods,
} from "../gen/grpc/reflection/v1/reflection.service.ts";
import type {
  ServerReflectionRequest,
  ServerReflectionResponse,
} from "../gen/grpc/reflection/v1/reflection.ts";
import { nextWhileServing, type Readiness } from "../readiness.ts";
import type { SchemaIndex } from "./schema-index.ts";

export interface ReflectionOptions {
  /** Name of the service on the registry, the id of errors. */
  readonly name: string;
  /** The service's FileDescriptorSet, encoded; asked for at the first question. Undefined: it has none. */
  readonly schema: () => Uint8Array | undefined;
  readonly readiness: Readiness;
}

type Answer = NonNullable<MessageInit<ServerReflectionResponse>["messageResponse"]>;

/** gRPC's NOT_FOUND. */
const NOT_FOUND = 5;

/** v1 and v1alpha differ in the package alone, so one handler and one codec do for both. */
const ALPHA: ServiceType<ServerReflectionMethods> = {
  typeName: "grpc.reflection.v1alpha.ServerReflection",
  methods: {
    serverReflectionInfo: {
      ...ServerReflection.methods.serverReflectionInfo,
      service: "grpc.reflection.v1alpha.ServerReflection",
    },
  },
};

/**
 * Adds gRPC's server reflection, v1 and v1alpha, to a server, unadvertised. It lists the services that have handlers,
 * gRPC's own included, and describes them from the schema; go-micro's `Debug`, which has no package to keep its names
 * apart from the application's, is left out. A handler that the application gives takes its place.
 */
export function handleReflection(server: Server, { name, schema, readiness }: ReflectionOptions): void {
  let loading: Promise<SchemaIndex> | undefined;
  /** Few services are ever asked: until then the schema is only bytes. */
  const index = () => {
    loading ??= loadIndex(schema());
    return loading;
  };
  const services = () => {
    const names = server.methods
      .filter(({ internal, method }) => !internal || method.service.startsWith("grpc."))
      .map(({ method }) => method.service);
    return [...new Set(names)].sort();
  };

  const handler: ServerReflectionHandler = {
    async *serverReflectionInfo(requests) {
      const iterator = requests[Symbol.asyncIterator]();
      for (;;) {
        const { done, value } = await nextWhileServing(iterator, readiness);
        if (done === true) return;
        const request = value as ServerReflectionRequest;
        yield {
          validHost: request.host,
          originalRequest: request,
          messageResponse: answer(request, await index()),
        };
      }
    },
  };
  server.handle(ServerReflection, handler, { internal: true });
  server.handle(ALPHA, handler, { internal: true });

  function answer({ messageRequest: asked }: ServerReflectionRequest, known: SchemaIndex): Answer {
    switch (asked?.case) {
      case "fileByFilename":
        return fileAnswer(known, asked.value, `file ${asked.value}`);
      case "fileContainingSymbol":
        return fileAnswer(known, known.declaring(asked.value), `symbol ${asked.value}`);
      case "fileContainingExtension": {
        const { containingType, extensionNumber } = asked.value;
        const path = known.extending(containingType, extensionNumber);
        return fileAnswer(known, path, `extension ${extensionNumber} of ${containingType}`);
      }
      case "allExtensionNumbersOfType": {
        const extensionNumber = known.extensionNumbers(asked.value);
        if (extensionNumber === undefined) return unknown(`type ${asked.value}`);
        return {
          case: "allExtensionNumbersResponse",
          value: { baseTypeName: asked.value, extensionNumber },
        };
      }
      case "listServices":
        return {
          case: "listServicesResponse",
          value: { service: services().map((service) => ({ name: service })) },
        };
      default:
        throw badRequest(name, "the reflection request asks for nothing this server knows");
    }
  }

  function fileAnswer(known: SchemaIndex, path: string | undefined, what: string): Answer {
    const fileDescriptorProto = path === undefined ? undefined : known.file(path);
    if (fileDescriptorProto === undefined) return unknown(what);
    return { case: "fileDescriptorResponse", value: { fileDescriptorProto } };
  }

  function unknown(what: string): Answer {
    return {
      case: "errorResponse",
      value: { errorCode: NOT_FOUND, errorMessage: `${name} knows no ${what}` },
    };
  }
}

async function loadIndex(schema: Uint8Array | undefined): Promise<SchemaIndex> {
  const [{ createSchemaIndex }, { GRPC_DESCRIPTORS }] = await Promise.all([
    import("./schema-index.ts"),
    import("../gen/grpc-descriptors.ts"),
  ]);
  const own = Buffer.from(GRPC_DESCRIPTORS, "base64");
  return createSchemaIndex(schema === undefined ? [own] : [schema, own]);
}
