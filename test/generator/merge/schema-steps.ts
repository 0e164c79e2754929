import fc from "fast-check";

/** One rpc of a made-up schema. */
export interface Rpc {
  readonly name: string;
  readonly takesStream: boolean;
  readonly givesStream: boolean;
  readonly input: Input;
  readonly output: "Ask" | "Told";
  readonly comment: string;
  /** Somebody has written its member by hand. */
  readonly isWritten: boolean;
  /** That member gives a stream, as the rpc did when it was written. */
  readonly memberGives: boolean;
}

type Input = "Ask" | "Told" | "google.protobuf.Timestamp" | "google.protobuf.Empty";

export interface Service {
  readonly name: string;
  readonly rpcs: readonly Rpc[];
}

/** A schema: two messages, which have had the names Ask and Told, and services. */
export interface Model {
  readonly ask: string;
  readonly told: string;
  readonly services: readonly Service[];
  /** Told is in a file of its own. */
  readonly isToldApart: boolean;
}

/** A change of a schema, and what has to come of it. */
export interface Step {
  readonly model: Model;
  /** `shop.Ask=shop.AskNext` */
  readonly renames: readonly string[];
  /** Parts of what has to be said about members that somebody wrote. */
  readonly told: readonly string[];
  /** Rpcs whose members are written by micro-gen, by full name. */
  readonly added: readonly string[];
  /** Modules and types that are elsewhere or nowhere, which is for their users to mend. */
  readonly gone: readonly string[];
}

const names = [
  "Hello",
  "Count",
  "HTTPGet",
  "Delete",
  "get_all",
  "Set",
  "Async",
  "Type",
  "Static",
  "Yield",
  "X",
];

const shapeOfRpc = {
  takesStream: fc.boolean(),
  givesStream: fc.boolean(),
  input: fc.constantFrom<Input>("Ask", "Told", "google.protobuf.Timestamp", "google.protobuf.Empty"),
  output: fc.constantFrom<Rpc["output"]>("Ask", "Told"),
  comment: fc.constantFrom("", "What it does.", "Ends in a */ and goes on.", "Two\n// lines."),
};

const rpcs = fc.uniqueArray(
  fc
    .record({
      ...shapeOfRpc,
      name: fc.constantFrom(...names),
      isWritten: fc.constantFrom(true, true, false),
    })
    .map((rpc) => ({ ...rpc, memberGives: rpc.givesStream })),
  { selector: ({ name }) => name, minLength: 1, maxLength: 6 },
);

/** Schemas to begin with: one or two services, of which somebody has written some members. */
export const models: fc.Arbitrary<Model> = fc
  .record({ services: fc.array(rpcs, { minLength: 1, maxLength: 2 }), isToldApart: fc.boolean() })
  .map(({ services, isToldApart }) => ({
    ask: "Ask",
    told: "Told",
    isToldApart,
    services: services.map(([first, ...rest], index) => ({
      name: index === 0 ? "Desk" : "Till",
      rpcs: first === undefined ? [] : [{ ...first, isWritten: true }, ...rest],
    })),
  }));

type Fate = "keep" | "gone" | "renamed" | "kind" | "renamed kind";
type ServiceFate = "keep" | "gone" | "renamed";

const stepsWith = (fates: readonly Fate[], services: readonly ServiceFate[], isWild: boolean) =>
  fc.record({
    fates: fc.array(fc.constantFrom(...fates), { minLength: 24, maxLength: 24 }),
    added: fc.array(fc.record({ ...shapeOfRpc, at: fc.nat(6) }), { maxLength: 3 }),
    services: fc.array(fc.constantFrom(...services), { minLength: 4, maxLength: 4 }),
    more: fc.constantFrom(false, false, false, true),
    messages: isWild
      ? fc.oneof(fc.subarray(["ask", "told"] as const), fc.constant([]))
      : fc.constant<("ask" | "told")[]>([]),
    moves: isWild ? fc.constantFrom(false, false, false, true) : fc.constant(false),
  });

/** What may happen to a schema, several things at once; see `applyStep`. */
export const wildSteps = stepsWith(
  ["keep", "keep", "keep", "keep", "gone", "renamed", "kind", "renamed kind"],
  ["keep", "keep", "keep", "keep", "renamed", "gone"],
  true,
);

/** What may happen without a new name for what is there, which takes a tenth of the time. */
export const calmSteps = stepsWith(["keep", "keep", "gone", "kind"], ["keep", "keep", "keep", "gone"], false);

export type StepChoice = typeof wildSteps extends fc.Arbitrary<infer Choice> ? Choice : never;

/**
 * Makes a schema the next one. What gets another name gets its old one with `Next` behind it, so that it can be told from a
 * text what its names were.
 *
 * @param index of the step: new rpcs are called after it
 */
export function applyStep(before: Model, choice: StepChoice, index: number): Step {
  const renames: string[] = [];
  const told: string[] = [];
  const added: string[] = [];
  const gone: string[] = [];
  const fatesLeft = choice.fates.values();
  const services = before.services.flatMap((service, place): Service[] => {
    const fate = choice.services[place] ?? "keep";
    if (fate === "gone" && before.services.length > 1) {
      if (service.rpcs.some(({ isWritten }) => isWritten))
        told.push(`service shop.${service.name} is no longer in the schema`);
      gone.push(`gen/${withFirstNames(service.name).toLowerCase()}.service`);
      return [];
    }
    const name = fate === "renamed" ? `${service.name}Next` : service.name;
    if (name !== service.name) renames.push(`shop.${service.name}=shop.${name}`);
    const list = service.rpcs.flatMap((rpc): Rpc[] => {
      const next = fatesLeft.next().value ?? "keep";
      if (next === "gone" && service.rpcs.length > 1) {
        if (rpc.isWritten) told.push(`rpc ${rpc.name} is no longer in shop.${name}`);
        return [];
      }
      const now = { ...rpc };
      if (next.startsWith("renamed")) {
        now.name = `${rpc.name}Next`;
        renames.push(`shop.${service.name}.${rpc.name}=shop.${name}.${now.name}`);
      }
      if (next.endsWith("kind")) {
        now.givesStream = !rpc.givesStream;
        if (rpc.isWritten && now.givesStream !== rpc.memberGives) told.push(`rpc ${now.name} now has`);
      }
      return [now];
    });
    for (const { at, ...rpc } of place === 0 ? choice.added : []) {
      const fresh = { ...plainRpc, ...rpc, name: `Fresh${index}x${list.length}` };
      added.push(`shop.${name}.${fresh.name}`);
      list.splice(at, 0, fresh);
    }
    return [{ name, rpcs: list }];
  });
  if (choice.more && services.every(({ name }) => withFirstNames(name) !== "Extra")) {
    services.push({ name: "Extra", rpcs: [{ ...plainRpc, name: "Peek" }] });
  }
  if (choice.moves) gone.push("Told", "gen/told");
  const model = { ...before, services, isToldApart: before.isToldApart !== choice.moves };
  for (const which of choice.messages) {
    model[which] = `${before[which]}Next`;
    renames.push(`shop.${before[which]}=shop.${model[which]}`);
  }
  return { model, renames, told, added, gone };
}

const plainRpc: Rpc = {
  name: "",
  takesStream: false,
  givesStream: false,
  input: "Ask",
  output: "Told",
  comment: "",
  isWritten: false,
  memberGives: false,
};

/** What a text was with the names from the beginning, wherever Told is. */
export function withFirstNames(text: string): string {
  return text.replaceAll("Next", "").replaceAll("gen/told.ts", "gen/desk.ts");
}

/** As micro-gen names it; a few names are enough here. */
export function propertyOf({ name }: Pick<Rpc, "name">): string {
  return name.startsWith("HTTPGet")
    ? name.replace("HTTPGet", "httpGet")
    : name.slice(0, 1).toLowerCase() + name.slice(1);
}

/** The files of a schema: the first service with the messages, or apart from one of them, and each other one for itself. */
export function protosOf({ ask, told, services, isToldApart }: Model): Record<string, string> {
  const head = (...imports: string[]) =>
    `syntax = "proto3";\npackage shop;\n${[
      "google/protobuf/timestamp.proto",
      "google/protobuf/empty.proto",
      ...imports,
    ]
      .map((path) => `import "${path}";\n`)
      .join("")}`;
  const message = (name: string) => `message ${name} { string name = 1; }\n`;
  const type = (name: string) => (name === "Ask" ? ask : name === "Told" ? told : name);
  const rpc = ({ name, takesStream, givesStream, input, output, comment }: Rpc) => {
    const lines = comment === "" ? "" : `  // ${comment.replaceAll("*/", "* /")}\n`;
    const request = `${takesStream ? "stream " : ""}${type(input)}`;
    return `${lines}  rpc ${name}(${request}) returns (${givesStream ? "stream " : ""}${type(output)});\n`;
  };
  const service = ({ name, rpcs }: Service) => `service ${name} {\n${rpcs.map(rpc).join("")}}\n`;
  const types = isToldApart ? ["desk.proto", "told.proto"] : ["desk.proto"];
  const isHome = ({ name }: Service) => name.startsWith("Desk");
  const found: Record<string, string> = {
    "proto/desk.proto":
      head(...(isToldApart ? ["told.proto"] : [])) +
      message(ask) +
      (isToldApart ? "" : message(told)) +
      services.filter(isHome).map(service).join(""),
  };
  if (isToldApart) found["proto/told.proto"] = head() + message(told);
  for (const one of services.filter((service) => !isHome(service)))
    found[`proto/${withFirstNames(one.name).toLowerCase()}.proto`] = head(...types) + service(one);
  return found;
}
