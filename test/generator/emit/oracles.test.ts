import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import {
  createFileRegistry,
  fromBinary,
  fromJson,
  type JsonValue,
  toBinary,
  toJson,
} from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import protobufjs from "protobufjs";
import { beforeAll, describe, expect, test } from "vitest";
import { loadSchema } from "../../../src/generator/check/index.ts";
import type { Schema } from "../../../src/generator/schema/schema.ts";
import { type AnyMessageType, DecodeError } from "../../../src/runtime/protobuf/index.ts";
import * as everything from "../../fixtures/everything/expected/everything.ts";
import * as proto2 from "../../fixtures/proto2/expected/proto2.ts";
import { createRandom, randomMessage } from "./random-message.ts";

// @bufbuild/protobuf and protobufjs share no code with ours: what all three agree on is protobuf.
const folder = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const ROUNDS = 30;

interface Oracle {
  readonly schema: Schema;
  readonly registry: ReturnType<typeof createFileRegistry>;
  readonly root: protobufjs.Root;
}

async function createOracle(name: string): Promise<Oracle> {
  const schema = await loadSchema({ files: [`${name}.proto`], cwd: folder(name) });
  const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, schema.descriptorSet));
  const root = new protobufjs.Root();
  root.resolvePath = (_origin, target) => `${folder(name)}/${target}`;
  await root.load(`${name}.proto`, { keepCase: true });
  root.resolveAll();
  return { schema, registry, root };
}

/** Field order and the spelling of numbers do not count, so both go through protobuf-es once. */
function canonical(oracle: Oracle, typeName: string, bytes: Uint8Array): string {
  const type = oracle.registry.getMessage(typeName);
  if (type === undefined) throw new Error(`no ${typeName}`);
  return Buffer.from(toBinary(type, fromBinary(type, bytes))).toString("hex");
}

const CASES: [name: string, types: AnyMessageType[]][] = [
  [
    "everything",
    [
      everything.Scalars,
      everything.Optionals,
      everything.Lists,
      everything.Maps,
      everything.Choices,
      everything.Node,
      everything.Nothing,
    ],
  ],
  ["proto2", [proto2.Defaults, proto2.Required, proto2.Groups]],
];

describe.each(CASES)("messages of %s", (name, types) => {
  let oracle: Oracle;
  beforeAll(async () => {
    oracle = await createOracle(name);
  });

  describe.each(types.map((type) => [type.typeName, type] as const))("%s", (typeName, type) => {
    const messages = (seed: number): object[] => {
      const random = createRandom(seed);
      return Array.from({ length: ROUNDS }, () => randomMessage(oracle.schema, typeName, random));
    };

    test("are read and written alike by protobuf-es", () => {
      const descriptor = oracle.registry.getMessage(typeName);
      if (descriptor === undefined) throw new Error(`no ${typeName}`);
      for (const message of messages(1)) {
        const bytes = type.encode(message);
        const theirs = fromBinary(descriptor, bytes);
        expect(canonical(oracle, typeName, bytes)).toBe(
          Buffer.from(toBinary(descriptor, theirs)).toString("hex"),
        );
        expect(type.decode(toBinary(descriptor, theirs))).toEqual(type.decode(bytes));
        expect(type.decode(bytes)).toEqual(type.create(message));
      }
    });

    test("are read and written alike by protobufjs", () => {
      const theirs = oracle.root.lookupType(typeName);
      for (const message of messages(2)) {
        const bytes = type.encode(message);
        const again = theirs.encode(theirs.decode(bytes)).finish();
        expect(canonical(oracle, typeName, again)).toBe(canonical(oracle, typeName, bytes));
      }
    });

    test("have the JSON that protobuf-es writes, and come back from it", () => {
      const descriptor = oracle.registry.getMessage(typeName);
      if (descriptor === undefined) throw new Error(`no ${typeName}`);
      for (const message of messages(3)) {
        const bytes = type.encode(message);
        const json = type.toJson(message);
        const text = type.toJsonString(message);
        expect(JSON.parse(text)).toEqual(json);
        // Its writer loses the map key __proto__, and prints floats as doubles: so it reads ours instead.
        expect(text.includes('"__proto__"') || isAlike(oracle, typeName, json, bytes)).toBe(true);
        expect(type.fromJsonString(text)).toEqual(type.create(message));
        for (const options of [{ useProtoNames: true }, { emitDefaults: true }])
          expect(type.fromJsonString(type.toJsonString(message, options))).toEqual(type.create(message));
        // A value goes through JSON.stringify, which has no -0.
        expect(type.fromJson(json)).toEqual(type.fromJsonString(JSON.stringify(json)));
      }
    });

    test("merge as protobuf-es merges them when two are read as one", () => {
      const all = messages(4);
      for (const [index, message] of all.entries()) {
        const pair = Buffer.concat([
          type.encode(message),
          type.encode(all[(index + 1) % all.length] as object),
        ]);
        const merged = type.encode(type.decode(pair));
        expect(canonical(oracle, typeName, merged)).toBe(canonical(oracle, typeName, pair));
      }
    });

    test("when cut or damaged are refused as such, or read as something that can be written again", () => {
      const random = createRandom(5);
      for (const message of messages(6)) {
        const bytes = type.encode(message);
        for (let i = 0; i < 10 && bytes.length > 0; i++) {
          const damaged = Uint8Array.from(bytes.subarray(0, Math.ceil(random() * bytes.length)));
          if (random() < 0.7) damaged[Math.floor(random() * damaged.length)] = random() * 256;
          const read = decodeOrRefuse(type, damaged);
          if (read !== undefined) expect(type.decode(type.encode(read))).toEqual(read);
        }
      }
    });
  });
});

/** Anything but a DecodeError fails the test. */
function decodeOrRefuse(type: AnyMessageType, bytes: Uint8Array): object | undefined {
  try {
    return type.decode(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(DecodeError);
    return undefined;
  }
}

function isAlike(oracle: Oracle, typeName: string, json: unknown, bytes: Uint8Array): boolean {
  const type = oracle.registry.getMessage(typeName);
  if (type === undefined) return false;
  const read = toBinary(type, fromJson(type, json as JsonValue));
  return isDeepStrictEqual(toJson(type, fromBinary(type, read)), toJson(type, fromBinary(type, bytes)));
}
