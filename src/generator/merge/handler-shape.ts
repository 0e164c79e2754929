import { createNamer, methodName } from "../emit/naming.ts";
import { outputStem } from "../emit/output-path.ts";
import { createScope } from "../emit/scope.ts";
import { nameServices } from "../emit/service-file.ts";
import type { Method, Schema } from "../schema/schema.ts";

/** A type that generated code or the runtime exports. */
export interface TypeRef {
  /** Package, or a generated module without extension, relative to the output folder, behind a slash: `/shop/order`. */
  readonly module: string;
  readonly name: string;
}

/** One rpc as a handler has to have it. */
export interface HandlerMember {
  /** `hello` */
  readonly property: string;
  /** The rpc itself; its name, kind and comment are used. */
  readonly method: Method;
  readonly input: TypeRef;
  readonly output: TypeRef;
}

/** What generated code expects of the handler of one proto service. */
export interface HandlerShape {
  /** `shop.OrderDesk` */
  readonly fullName: string;
  /** Generated module with the names below, like `TypeRef.module`: `/shop/order.service`. */
  readonly module: string;
  /** Interface: `OrderDeskHandler`. */
  readonly handler: string;
  /** Interface of the client: `OrderDeskClient`. */
  readonly client: string;
  /** Function: `createOrderDeskClient`. */
  readonly createClient: string;
  /** Function: `registerOrderDeskHandler`. */
  readonly register: string;
  readonly members: readonly HandlerMember[];
}

/** The handlers a schema asks for: those of the files that were asked for. */
export function handlerShapes(schema: Schema): HandlerShape[] {
  const scope = createScope(schema);
  const typeRef = (fullName: string): TypeRef => {
    const { typesModule, name } = scope.named(fullName);
    return { module: typesModule, name };
  };
  return schema.files
    .filter(({ origin }) => origin === "asked")
    .flatMap(nameServices)
    .map(({ service, handler, client, create, register }) => {
      const namer = createNamer();
      return {
        fullName: service.fullName,
        module: `/${outputStem(service.file)}.service`,
        handler,
        client,
        createClient: create,
        register,
        members: service.methods.map((method) => ({
          property: namer(methodName(method.name)),
          method,
          input: typeRef(method.input),
          output: typeRef(method.output),
        })),
      };
    });
}
