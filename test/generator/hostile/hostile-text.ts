import fc from "fast-check";

/**
 * Schemas that try to break out: everything a person can choose (names, comments, texts) holds what means something to
 * TypeScript, to a shell, to a file system or to a JavaScript object. Code that gets out mentions `canary`.
 */
export interface HostileSchema {
  /** Import path of the file. */
  readonly path: string;
  readonly text: string;
}

const names = [
  "constructor __proto__ prototype toString valueOf hasOwnProperty then default class await arguments eval globalThis undefined",
  "Object Array Map Uint8Array Error JSON Math Promise Symbol MessageType MessageInit UnaryMethod ServiceType Client Server",
  "message enum oneof option import package rpc returns map repeated optional b p e m n v x at tag prev depth style init start",
  "key value case i f1 o1 f2 has1 createA encodeA decodeA ACodec aCodec A B a_b a__b _a _ A_B aB AB ab Ab object text toJSON",
  "registerA createAClient AClient AHandler AMethods unknown Unknown length name caller apply call bind $unknown",
]
  .join(" ")
  .split(" ")
  .filter((name) => /^\w+$/.test(name));

/** What a template would run; put together, because linters take it for a slip. */
const interpolation = `$${"{canary()}"}`;

const payloads = [
  "*/ canary(); /*",
  "\n canary(); //",
  "\r canary(); //",
  "\u2028 canary(); //",
  "\u2029 canary(); //",
  interpolation,
  "`; canary(); `",
  '"; canary(); "',
  "'; canary(); '",
  "\\",
  '\\"; canary(); //',
  "*\\/ canary(); /*",
  "**/ canary(); /**",
  "*",
  "/",
  "//",
  "</script><script>canary()</script>",
  "__proto__",
  "constructor",
  "../../../etc/passwd",
  "C:\\con",
  "\0",
  "\u001b[2J",
  "\u202e",
  "\ud83d\ude00",
  "{@link canary}",
  "@ts-ignore",
  "# sourceMappingURL=canary",
  "-->",
  "<!--",
];

const name = fc.constantFrom(...names);
/** Payloads and ordinary text, in any order. */
const text = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...payloads) }, fc.string({ maxLength: 6 })), {
    maxLength: 4,
  })
  .map((parts) => parts.join(""));

/** A text as a .proto writes it. */
const literal = text.map((value) => {
  const bytes = [...Buffer.from(value, "utf8")];
  const isPlain = (byte: number) => byte >= 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x5c;
  const char = (byte: number) =>
    isPlain(byte) ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, "0")}`;
  return `"${bytes.map(char).join("")}"`;
});

const comment = fc.oneof(
  fc.constant(""),
  text.map((value) => `// ${value.replaceAll("\n", " ").replaceAll("\0", " ")}\n`),
  // Comments do not nest: what would begin one in another is refused.
  text.map(
    (value) => `/** ${value.replaceAll("*/", "* /").replaceAll("/*", "/ *").replaceAll("\0", " ")} */\n`,
  ),
);

const scalar = fc.constantFrom("int32", "uint64", "string", "bytes", "bool", "double", "sfixed32", "sint64");

const field = fc.record({
  comment,
  name,
  label: fc.constantFrom("optional", "repeated", "required"),
  scalar,
  map: fc.constantFrom(undefined, "string", "int32", "int64", "bool"),
  type: fc.constantFrom("scalar", "scalar", "scalar", "self", "enum"),
  jsonName: fc.option(literal, { nil: undefined }),
  text: literal,
  inOneof: fc.boolean(),
  deprecated: fc.boolean(),
});

const message = fc.record({
  comment,
  name,
  oneof: name,
  fields: fc.array(field, { maxLength: 6 }),
  values: fc.array(name, { minLength: 1, maxLength: 4 }),
  enumName: name,
  note: literal,
});

/** Mostly what the rule for templates lets through: what it refuses never gets as far as the code. */
const httpPath = fc.oneof(
  { arbitrary: fc.constantFrom('"/v1/a"', '"/v1/*/it/**:do"', '"/a%60%24%7B1%7D"'), weight: 4 },
  { arbitrary: literal, weight: 1 },
);

const service = fc.record({
  comment,
  name,
  methods: fc.array(fc.record({ comment, name, path: httpPath, request: fc.nat(), stream: fc.boolean() }), {
    maxLength: 4,
  }),
});

const model = fc.record({
  package: fc.array(name, { maxLength: 3 }),
  head: comment,
  option: literal,
  messages: fc.uniqueArray(message, { minLength: 1, maxLength: 4, selector: (one) => one.name }),
  extensions: fc.uniqueArray(fc.record({ comment, name, scalar, text: literal }), {
    maxLength: 3,
    selector: (one) => one.name,
  }),
  services: fc.uniqueArray(service, { maxLength: 2, selector: (one) => one.name }),
  path: fc
    .array(fc.oneof(name, fc.constantFrom("a b", "`", interpolation, "a'b", "é", "-", "a.b")), {
      minLength: 1,
      maxLength: 3,
    })
    .map((parts) => `${parts.join("/")}.proto`),
});

type Model = typeof model extends fc.Arbitrary<infer Value> ? Value : never;

/** Most are valid; those that are not (two names that clash) must be refused with a position. */
export const hostileSchema: fc.Arbitrary<HostileSchema> = model.map((value) => ({
  path: value.path,
  text: print(value),
}));

function print(schema: Model): string {
  const prefix = schema.package.length === 0 ? "" : `.${schema.package.join(".")}`;
  const taken = new Set(schema.messages.map((one) => one.name));
  return [
    `${schema.head}\nsyntax = "proto2";`,
    schema.package.length === 0 ? "" : `package ${schema.package.join(".")};`,
    'import "google/protobuf/descriptor.proto";\nimport "google/api/annotations.proto";',
    `option java_package = ${schema.option};`,
    ...schema.messages.map((one) => printMessage(one, prefix)),
    ...schema.extensions.map((one, index) => {
      const takesText = one.scalar === "string" || one.scalar === "bytes";
      const tail = takesText ? ` [default = ${one.text}]` : "";
      const line = `${one.comment}optional ${one.scalar} ${one.name} = ${1000 + index}${tail};`;
      return `extend ${prefix}.${schema.messages[0]?.name} { ${line} }`;
    }),
    ...schema.services
      .filter((one) => !taken.has(one.name))
      .map((one) =>
        [
          `${one.comment}service ${one.name} {`,
          ...unique(one.methods).map((method) => {
            const type = `${prefix}.${schema.messages[method.request % schema.messages.length]?.name}`;
            const stream = method.stream ? "stream " : "";
            const http = `option (google.api.http) = { get: ${method.path} };`;
            return `${method.comment}rpc ${method.name}(${type}) returns (${stream}${type}) { ${http} }`;
          }),
          "}",
        ].join("\n"),
      ),
  ].join("\n");
}

function printMessage(one: Model["messages"][number], prefix: string): string {
  const fields = unique(one.fields).filter(({ name: own }) => own !== one.oneof && own !== one.enumName);
  const isMember = (own: (typeof fields)[number]) => own.inOneof && own.map === undefined;
  const printField = (own: (typeof fields)[number], index: number) => {
    const type =
      own.type === "scalar"
        ? own.scalar
        : own.type === "self"
          ? `${prefix}.${one.name}`
          : `${prefix}.${one.name}.${one.enumName}`;
    const label = isMember(own) ? "" : own.map === undefined ? own.label : "";
    const isSingle = own.map === undefined && (isMember(own) || own.label !== "repeated");
    const takesText = own.type === "scalar" && (own.scalar === "string" || own.scalar === "bytes");
    const options = [
      ...(own.jsonName === undefined ? [] : [`json_name = ${own.jsonName}`]),
      ...(isSingle && takesText ? [`default = ${own.text}`] : []),
      ...(own.deprecated ? ["deprecated = true"] : []),
    ];
    const written = own.map === undefined ? `${label} ${type}` : `map<${own.map}, ${type}>`;
    const tail = options.length === 0 ? "" : ` [${options.join(", ")}]`;
    return `${own.comment}${written} ${own.name} = ${index + 1}${tail};`;
  };
  const lines = fields.map((own, index) => ({ isMember: isMember(own), line: printField(own, index) }));
  const members = lines.filter((own) => own.isMember).map((own) => own.line);
  const values = [...new Set(one.values)].map((value, index) => `${value}_${one.enumName} = ${index};`);
  return [
    `${one.comment}message ${one.name} {`,
    "extensions 1000 to 2000;",
    `enum ${one.enumName} { ${values.join(" ")} }`,
    ...lines.filter((own) => !own.isMember).map((own) => own.line),
    ...(members.length === 0 ? [] : [`oneof ${one.oneof} {`, ...members, "}"]),
    "}",
  ].join("\n");
}

function unique<Named extends { readonly name: string }>(items: readonly Named[]): Named[] {
  const seen = new Set<string>();
  return items.filter((item) => !seen.has(item.name) && seen.add(item.name));
}
