import type { InterpretedOptions } from "./all-options.ts";
import { jsonNameOption, plainDefault } from "./default-value.ts";
import type { Features } from "./features.ts";
import { fieldTraits, fileFeatures, withOptions } from "./features.ts";
import { toHttpBindings } from "./http-binding.ts";
import { toJsonName } from "./json-name.ts";
import type { Linked } from "./linked.ts";
import { toPlainOptions } from "./option-data.ts";
import type {
  Enum,
  Extension,
  Field,
  Message,
  Method,
  NumberRange,
  Reserved,
  ScalarType,
  SchemaFile,
  ServiceDef,
  ValueType,
} from "./schema.ts";
import { join } from "./symbols.ts";
import type {
  EnumNode,
  ExtendNode,
  FieldNode,
  FileNode,
  MessageNode,
  MethodNode,
  NameNode,
  OptionNode,
  RangeNode,
  ServiceNode,
} from "./syntax.ts";

/** What most declarations have. */
const noOptions: Readonly<Record<string, unknown>> = Object.freeze({});

/** One valid file as plain data. */
export function buildFile(linked: Linked, file: FileNode, interpreted: InterpretedOptions): SchemaFile {
  const root = file.package?.text ?? "";
  const features = fileFeatures(file);
  const options = plainOptions(file.options);
  return {
    path: file.path,
    edition: file.edition,
    package: root,
    origin: file.origin,
    leadingComment: file.leadingComment,
    imports: file.imports.map(({ path, kind, at }) => ({
      path,
      public: kind === "public",
      position: linked.position(file, at),
    })),
    messages: file.messages.map((node) => toMessage(root, undefined, features, node)),
    enums: file.enums.map((node) => toEnum(root, undefined, features, node)),
    services: file.services.map((node) => toService(root, node)),
    extensions: toExtensions(root, undefined, features, file.extends),
    deprecated: options.deprecated === true,
    options,
    text: file.text,
  };

  function plainOptions(nodes: readonly OptionNode[]): Readonly<Record<string, unknown>> {
    const message = nodes.length === 0 ? undefined : interpreted.get(nodes);
    return message === undefined ? noOptions : toPlainOptions(message);
  }

  function declared(
    scope: string,
    node: { name: NameNode; comment: string | undefined; options: OptionNode[] },
  ) {
    const options = plainOptions(node.options);
    return {
      name: node.name.text,
      fullName: join(scope, node.name.text),
      comment: node.comment,
      deprecated: options.deprecated === true,
      position: linked.position(file, node.name.at),
      options,
    };
  }

  function toMessage(scope: string, parent: string | undefined, outer: Features, node: MessageNode): Message {
    // Not spread, here and below: V8 copies so many properties one by one.
    const { name, fullName, comment, deprecated, position, options } = declared(scope, node);
    const inner = withOptions(outer, node.options);
    return {
      name,
      fullName,
      comment,
      deprecated,
      position,
      options,
      file: file.path,
      parent,
      fields: node.fields.map((field) => toField(fullName, inner, field)),
      oneofs: node.oneofs.map((oneof) => ({
        ...declared(fullName, oneof),
        fields: oneof.fields.map((field) => field.name.text),
      })),
      messages: node.messages.map((child) => toMessage(fullName, fullName, inner, child)),
      enums: node.enums.map((child) => toEnum(fullName, fullName, inner, child)),
      extensions: toExtensions(fullName, fullName, inner, node.extends),
      extensible: node.extensionRanges.length > 0,
      extensionRanges: toRanges(node.extensionRanges, maxFieldNumber),
      reserved: toReserved(node, maxFieldNumber),
      hasJsonFormat: inner.json_format === "ALLOW",
    };
  }

  function toExtensions(
    scope: string,
    parent: string | undefined,
    features: Features,
    nodes: readonly ExtendNode[],
  ): Extension[] {
    return nodes.flatMap(({ extendee, fields }) =>
      fields.map((node) => {
        const field = toField(scope, features, node, true);
        const jsonName = `[${field.fullName}]`;
        return { ...field, jsonName, file: file.path, parent, extendee: linked.target(extendee)!.fullName };
      }),
    );
  }

  function toField(scope: string, outer: Features, node: FieldNode, isExtension = false): Field {
    const parent = node.oneof === undefined ? outer : withOptions(outer, node.oneof.options);
    const traits = fieldTraits(linked, node, parent, isExtension);
    const { name, fullName, comment, deprecated, position, options } = declared(scope, node);
    return {
      name,
      fullName,
      comment,
      deprecated,
      position,
      options,
      number: Number(node.number.value),
      jsonName: jsonNameOption(node) ?? toJsonName(node.name.text),
      type: toValueType(node, traits.delimited),
      cardinality: node.mapKey !== undefined ? "map" : node.label === "repeated" ? "repeated" : "singular",
      mapKey: node.mapKey?.text as ScalarType | undefined,
      presence: traits.presence,
      packed: traits.packed,
      oneof: node.oneof?.name.text,
      defaultValue: plainDefault(node),
      verifyUtf8: traits.verifyUtf8,
    };
  }

  function toValueType(node: FieldNode, delimited: boolean): ValueType {
    const target = linked.target(node.type);
    if (target?.kind === "message") return { kind: "message", typeName: target.fullName, delimited };
    if (target?.kind === "enum") return { kind: "enum", typeName: target.fullName };
    const scalar = node.type.text as ScalarType;
    const jstype = node.options.length > 0 && plainOptions(node.options).jstype;
    if (jstype === "JS_STRING") return { kind: "scalar", scalar, js: "string" };
    return jstype === "JS_NUMBER" ? { kind: "scalar", scalar, js: "number" } : { kind: "scalar", scalar };
  }

  function toEnum(scope: string, parent: string | undefined, outer: Features, node: EnumNode): Enum {
    const features = withOptions(outer, node.options);
    return {
      ...declared(scope, node),
      file: file.path,
      parent,
      values: node.values.map((value) => {
        const { name, fullName, comment, deprecated, position, options } = declared(scope, value);
        const number = Number(value.number.value);
        return { name, fullName, comment, deprecated, position, options, number };
      }),
      open: features.enum_type === "OPEN",
      reserved: toReserved(node, maxEnumNumber),
      hasJsonFormat: features.json_format === "ALLOW",
    };
  }

  function toService(scope: string, node: ServiceNode): ServiceDef {
    const base = declared(scope, node);
    return {
      ...base,
      file: file.path,
      methods: node.methods.map((method) => toMethod(base.fullName, method)),
    };
  }

  function toMethod(scope: string, node: MethodNode): Method {
    const { name, fullName, comment, deprecated, position, options } = declared(scope, node);
    const level = options.idempotency_level;
    const { clientStreaming, serverStreaming } = node;
    return {
      name,
      fullName,
      comment,
      deprecated,
      position,
      options,
      input: linked.target(node.input)!.fullName,
      output: linked.target(node.output)!.fullName,
      kind: clientStreaming
        ? serverStreaming
          ? "bidiStream"
          : "clientStream"
        : serverStreaming
          ? "serverStream"
          : "unary",
      idempotency:
        level === "NO_SIDE_EFFECTS" ? "noSideEffects" : level === "IDEMPOTENT" ? "idempotent" : "unknown",
      http: toHttpBindings(options["(google.api.http)"]),
    };
  }
}

const maxFieldNumber = 536_870_911;
const maxEnumNumber = 2_147_483_647;

function toRanges(nodes: readonly RangeNode[], max: number): NumberRange[] {
  return nodes.map(({ start, end }) => ({ start: Number(start), end: Number(end ?? max) }));
}

function toReserved(
  { reservedRanges, reservedNames }: Pick<EnumNode, "reservedRanges" | "reservedNames">,
  max: number,
): Reserved {
  return { numbers: toRanges(reservedRanges, max), names: reservedNames.map(({ text }) => text) };
}
