import {
  badRequest,
  type Context,
  createClient,
  createMemoryBroker,
  createMemoryRegistry,
  createSelector,
  createService,
  createTcpTransport,
  type Handler,
  type Registry,
  type Service,
  type ServiceOptions,
  silentLogger,
  unavailable,
  type Value,
} from "@micro-service/runtime";
import type {
  AnyMethod,
  JsonValue,
  MessageType,
  ServerStreamMethod,
  ServiceType,
  UnaryMethod,
} from "@micro-service/runtime/protobuf";
import { readFields, writeFields } from "../../../src/toolkit/api/protobuf-fields.ts";

/** What the tests order, in the fields of a .proto. */
export interface Order {
  name: string;
  count: number;
  note: string;
}

const TEXT_FIELDS = { name: 1, note: 3 } as const;

/** Written by hand, and strict like generated code: a string field takes no number, unknown fields are refused. */
export const OrderType: MessageType<Order> = {
  typeName: "shop.Order",
  create: (init = {}) => ({ name: init.name ?? "", count: init.count ?? 0, note: init.note ?? "" }),
  encode: (order) =>
    writeFields([
      [1, order.name ?? ""],
      [2, order.count ?? 0],
      [3, order.note ?? ""],
    ]),
  decode(bytes, start = 0, end = bytes.length) {
    const fields = readFields(bytes.subarray(start, end));
    const text = (number: number) =>
      Buffer.from(fields.findLast((field) => field.number === number)?.bytes ?? []).toString();
    const count = Number(fields.findLast((field) => field.number === 2)?.varint ?? 0n);
    return { name: text(TEXT_FIELDS.name), count, note: text(TEXT_FIELDS.note) };
  },
  toJson: (order) => Object.fromEntries(Object.entries(order).filter(([, value]) => value)) as JsonValue,
  fromJson(json) {
    const order = { name: "", count: 0, note: "" };
    if (typeof json !== "object" || json === null || Array.isArray(json))
      throw badRequest("shop", "not an object");
    for (const [key, value] of Object.entries(json)) {
      if (!(key in order)) throw badRequest("shop", `unknown field ${key}`);
      if (typeof value !== typeof order[key as keyof Order])
        throw badRequest("shop", `${key} has the wrong type`);
      Object.assign(order, { [key]: value });
    }
    return order;
  },
  toJsonString: (order) => JSON.stringify(OrderType.toJson(order)),
  fromJsonString: (text) => OrderType.fromJson(JSON.parse(text) as JsonValue),
};

export const ORDER_SHAPE: Value = {
  name: "Order",
  type: "Order",
  values: [
    { name: "name", type: "string", values: [] },
    { name: "count", type: "int32", values: [] },
    { name: "note", type: "string", values: [] },
  ],
};

const method = <M extends AnyMethod>(name: string, kind: M["kind"], http?: AnyMethod["http"]): M =>
  ({
    name,
    kind,
    service: "shop.Shop",
    input: OrderType,
    output: OrderType,
    idempotency: "unknown",
    ...(http === undefined ? {} : { http }),
  }) as unknown as M;

export interface ShopMethods {
  readonly place: UnaryMethod<Order, Order>;
  readonly empty: UnaryMethod<Order, Order>;
  readonly refuse: UnaryMethod<Order, Order>;
  readonly crash: UnaryMethod<Order, Order>;
  readonly hang: UnaryMethod<Order, Order>;
  /** Marked NO_SIDE_EFFECTS. */
  readonly look: UnaryMethod<Order, Order>;
  readonly rename: UnaryMethod<Order, Order>;
  readonly count: ServerStreamMethod<Order, Order>;
}

export const Shop: ServiceType<ShopMethods> = {
  typeName: "shop.Shop",
  methods: {
    place: method("Place", "unary"),
    empty: method("Empty", "unary"),
    refuse: method("Refuse", "unary"),
    crash: method("Crash", "unary"),
    hang: method("Hang", "unary"),
    look: { ...method<UnaryMethod<Order, Order>>("Look", "unary"), idempotency: "noSideEffects" },
    rename: method("Rename", "unary", [
      { method: "PUT", path: "/v1/orders/{name}", body: "*" },
      { method: "GET", path: "/v1/orders/{name}" },
    ]),
    count: method("Count", "serverStream"),
  },
};

/** Answers with what it was asked, and remembers the last context. */
export class ShopHandler implements Handler<ShopMethods> {
  context: Context | undefined;
  looks = 0;
  #counted: () => void = () => {};
  /** Resolves when a count has ended, however. */
  readonly counted: Promise<void> = new Promise((resolve) => {
    this.#counted = resolve;
  });
  hangEnded: Promise<unknown> = Promise.resolve();
  #hanging: () => void = () => {};
  readonly hanging: Promise<void> = new Promise((resolve) => {
    this.#hanging = resolve;
  });

  place(order: Order, context: Context): Order {
    this.context = context;
    return order;
  }

  empty(): Partial<Order> {
    return {};
  }

  refuse(order: Order): Order {
    throw badRequest("go.micro.api.shop", `no ${order.name} – sold out`);
  }

  crash(): Order {
    throw new Error("the password is 1234");
  }

  async hang(_order: Order, { signal }: Context): Promise<Order> {
    this.hangEnded = new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason)));
    this.#hanging();
    await this.hangEnded;
    throw signal.reason;
  }

  look(order: Order): Order {
    this.looks++;
    if (this.looks === 1) throw unavailable("go.micro.api.shop", "just going down");
    return order;
  }

  rename(order: Order): Order {
    return order;
  }

  async *count(order: Order): AsyncGenerator<Partial<Order>> {
    try {
      for (let count = 1; count <= order.count; count++) yield { name: order.name, count };
    } finally {
      this.#counted();
    }
    if (order.note === "fail") throw badRequest("go.micro.api.shop", "no more");
  }
}

/** One registry, services on loopback ports, and a client that finds them. */
export class Town {
  readonly registry: Registry = createMemoryRegistry();
  readonly selector = createSelector({ registry: this.registry });
  readonly client = createClient({ selector: this.selector, transport: createTcpTransport() });
  readonly #services: Service[] = [];

  async service(
    options: Omit<ServiceOptions, "registry">,
    setup: (service: Service) => void,
  ): Promise<Service> {
    const service = await createService({
      address: "127.0.0.1:0",
      registry: this.registry,
      broker: createMemoryBroker(),
      args: [],
      env: {},
      logger: silentLogger,
      drainDelayMs: 0,
      graceMs: 100,
      ...options,
    });
    setup(service);
    await service.start();
    this.#services.push(service);
    return service;
  }

  /** A shop whose endpoints tell the shape of their messages, as services with a schema do. */
  async shop(name = "go.micro.api.shop", handler = new ShopHandler()): Promise<ShopHandler> {
    await this.service({ name }, (service) => service.server.handle(Shop, handler));
    for (const record of await this.registry.getService(name)) {
      for (const endpoint of record.endpoints) endpoint.request = ORDER_SHAPE;
      await this.registry.register(record);
    }
    return handler;
  }

  async close(): Promise<void> {
    for (const service of this.#services) await service.stop();
    await this.client.close();
    await this.selector.close();
    await this.registry.close();
  }
}
