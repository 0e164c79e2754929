import protobuf from "protobufjs";
import descriptor from "protobufjs/ext/descriptor.js";

/** Anything a descriptor holds, by the names protobufjs gives its fields. */
export type Plain = string | number | boolean | readonly Plain[] | { readonly [key: string]: Plain };

const string = 9;
const message = 11;
const enumeration = 14;
const optional = 1;
const repeated = 3;

/** A valid file that has a text wherever a descriptor can have one that is a name, a path, a default or a comment. */
export const fullFile: Plain = {
  name: "shop/order.proto",
  package: "shop.v1",
  syntax: "proto2",
  dependency: ["shop/more.proto", "shop/again.proto"],
  publicDependency: [1],
  options: { javaPackage: "com.shop", goPackage: "shop/go", objcClassPrefix: "SHP" },
  messageType: [
    {
      name: "Order",
      field: [
        {
          name: "plain_text",
          number: 1,
          label: optional,
          type: string,
          defaultValue: "dear",
          jsonName: "said",
        },
        {
          name: "kind",
          number: 2,
          label: optional,
          type: enumeration,
          typeName: ".shop.v1.Kind",
          defaultValue: "B",
        },
        { name: "inner", number: 3, label: repeated, type: message, typeName: ".shop.v1.Order.Inner" },
        {
          name: "chosen",
          number: 4,
          label: optional,
          type: message,
          typeName: ".shop.more.More",
          oneofIndex: 0,
        },
        { name: "other", number: 5, label: optional, type: 5, defaultValue: "12", oneofIndex: 0 },
        {
          name: "by_name",
          number: 6,
          label: repeated,
          type: message,
          typeName: ".shop.v1.Order.ByNameEntry",
        },
        { name: "raw", number: 7, label: optional, type: 12, defaultValue: "\\001" },
        { name: "yes", number: 8, label: optional, type: 8, defaultValue: "true" },
        { name: "part", number: 9, label: optional, type: 1, defaultValue: "1.5" },
        { name: "group", number: 10, label: optional, type: 10, typeName: ".shop.v1.Order.Group" },
      ],
      oneofDecl: [{ name: "choice" }],
      nestedType: [
        { name: "Inner", field: [{ name: "deep", number: 1, label: optional, type: string }] },
        { name: "Group", field: [{ name: "grouped", number: 1, label: optional, type: string }] },
        {
          name: "ByNameEntry",
          options: { mapEntry: true },
          field: [
            { name: "key", number: 1, label: optional, type: string },
            { name: "value", number: 2, label: optional, type: message, typeName: ".shop.v1.Order.Inner" },
          ],
        },
      ],
      enumType: [{ name: "State", value: [{ name: "ON", number: 0 }] }],
      extensionRange: [{ start: 100, end: 200 }],
      extension: [
        {
          name: "inside",
          number: 101,
          label: optional,
          type: string,
          extendee: ".shop.v1.Order",
          jsonName: "[x]",
        },
      ],
      reservedName: ["gone"],
    },
  ],
  enumType: [
    {
      name: "Kind",
      value: [
        { name: "A", number: 0 },
        { name: "B", number: 1 },
      ],
      reservedName: ["C"],
    },
  ],
  service: [
    {
      name: "Orders",
      method: [
        { name: "Get", inputType: ".shop.v1.Order", outputType: ".shop.more.More" },
        { name: "Watch", inputType: ".shop.v1.Order", outputType: ".shop.v1.Order", serverStreaming: true },
        { name: "Send", inputType: ".shop.v1.Order", outputType: ".shop.v1.Order", clientStreaming: true },
      ],
    },
  ],
  extension: [
    {
      name: "beside",
      number: 102,
      label: optional,
      type: string,
      extendee: ".shop.v1.Order",
      defaultValue: "d",
    },
  ],
  sourceCodeInfo: {
    location: [
      { path: [12], span: [0, 0, 9], leadingDetachedComments: ["the licence"] },
      { path: [4, 0], span: [3, 0, 9], leadingComments: "An order.", trailingComments: "Behind." },
      { path: [6, 0, 2, 0], span: [9, 0, 9], trailingComments: "Gets it." },
    ],
  },
};

/** What it imports. */
export const importedFiles: readonly Plain[] = [
  { name: "shop/more.proto", package: "shop.more", syntax: "proto3", messageType: [{ name: "More" }] },
  { name: "shop/again.proto", package: "shop.again", syntax: "proto3" },
];

const { FileDescriptorSet } = descriptor;

/** An encoded google.protobuf.FileDescriptorSet of a file and what it imports. */
export function encodeSet(file: Plain, imports: readonly Plain[] = importedFiles): Uint8Array {
  const set = FileDescriptorSet.fromObject({ file: [...imports, file] });
  return FileDescriptorSet.encode(set).finish();
}

/** Every text field of FileDescriptorProto and of what is in it, options left out: `FieldDescriptorProto.typeName`. */
export function textFields(): string[] {
  const found = new Set<string>();
  const seen = new Set<protobuf.Type>();
  const visit = (type: protobuf.Type) => {
    if (seen.has(type) || type.name.endsWith("Options")) return;
    seen.add(type);
    for (const field of (type.resolveAll() as protobuf.Type).fieldsArray) {
      if (field.type === "string") found.add(field.name);
      if (field.resolvedType instanceof protobuf.Type) visit(field.resolvedType);
    }
  };
  visit(descriptor.FileDescriptorProto as unknown as protobuf.Type);
  return [...found].sort();
}

/** A text in a descriptor, and the way to it: `messageType.0.name`. */
export interface TextPlace {
  readonly path: string;
  readonly text: string;
}

/** Every text of a descriptor. */
export function textsOf(value: Plain, path = ""): TextPlace[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    textsOf(inner, path === "" ? key : `${path}.${key}`),
  );
}

/** The same with other texts. */
export function withTexts(value: Plain, change: (place: TextPlace) => string, path = ""): Plain {
  if (typeof value === "string") return change({ path, text: value });
  if (typeof value !== "object") return value;
  const inner = (key: string | number, one: Plain) =>
    withTexts(one, change, path === "" ? `${key}` : `${path}.${key}`);
  if (Array.isArray(value)) return value.map((one: Plain, index) => inner(index, one));
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, inner(key, one)]));
}
