import type { SchemaCase } from "./schema-cases.ts";

/** What protoc's and buf's own tests led to; both were asked about every one of these. */
const proto2 = (text: string) => `syntax = "proto2";\n${text}\n`;
const proto3 = (text: string) => `syntax = "proto3";\n${text}\n`;

export const grammarCases: readonly SchemaCase[] = [
  {
    title: "words that begin a statement are no packages, unless behind a dot",
    proto: proto3(`message M {
  .message.T a = 1;
  map<string, .group.T> b = 2;
  service c = 3;
  rpc d = 4;
  map e = 5;
}
message message { message T { } }
message group { message T { } }
message service { }
message rpc { }
message map { }`),
    says: [],
  },
  {
    title: "a group as a package",
    proto: proto3(`message M { group.T a = 1; map<string, group.T> b = 2; }
message group { message T { } }`),
    says: [
      'a.proto:2:13 "group" means something else here; write ".group" for a package or message of that name. (syntax)',
      'a.proto:2:40 "group" means something else here; write ".group" for a package or message of that name. (syntax)',
    ],
  },
  {
    title: "a map as a package",
    proto: proto3(`message M { map.T a = 1; }
message map { message T { } }`),
    says: [
      'a.proto:2:13 "map" means something else here; write ".map" for a package or message of that name. (syntax)',
    ],
  },
  {
    title: "an option as a package, inside of a oneof",
    proto: proto3(`message M { oneof o { option.T a = 1; int32 b = 2; } }
message option { message T { } }`),
    says: ['a.proto:2:29 Expected the name of an option, found ".". (syntax)'],
  },
  {
    title: "an extend of a group",
    proto: proto2(`extend group.T { optional int32 a = 1; }
message group { message T { extensions 1; } }`),
    says: [
      'a.proto:2:8 "group" means something else here; write ".group" for a package or message of that name. (syntax)',
    ],
  },
  {
    title: "a message called stream",
    proto: proto3(`message stream { }
service S {
  rpc A(.stream) returns (stream .stream);
  rpc B(stream) returns (.stream);
}`),
    says: [
      'a.proto:5:9 "stream" wants a type behind it; write ".stream" for the message of that name. (syntax)',
    ],
  },
  {
    title: "fields whose type is called export",
    proto: proto3(`message M {
  export enum = 1;
  local message = 2;
}
message export { }
message local { }`),
    says: [],
  },
  {
    title: "a type called export in edition 2024",
    proto: `edition = "2024";
package export;
message Message { export.Message field = 1; }
`,
    says: [
      'a.proto:3:19 "export" is for messages and enums; a type of that name is written ".export". (syntax)',
    ],
  },
  {
    title: "enum values called option and reserved",
    proto: proto3(`enum E { A = 0; option = 1; }
enum F { B = 0; reserved = 1; }`),
    says: [
      'a.proto:2:17 A value cannot be called "option"; rename it. (syntax)',
      'a.proto:3:17 A value cannot be called "reserved"; rename it. (syntax)',
    ],
  },
  {
    title: "maps, as deep as messages may be",
    proto:
      proto3(`message A1 { message A2 { message A3 { message A4 { message A5 { message A6 { message A7 { message A8 { message A9 { message A10 {
message A11 { message A12 { message A13 { message A14 { message A15 { message A16 { message A17 { message A18 { message A19 { message A20 {
message A21 { message A22 { message A23 { message A24 { message A25 { message A26 { message A27 { message A28 { message A29 { message A30 {
  map<string, string> m = 1;
  message A31 { int32 a = 1; map<string, string> m = 2; }
} } } } } } } } } } } } } } } } } } } } } } } } } } } } } }`),
    says: ["a.proto:6:30 Messages are nested deeper than 31 levels; move one out. (syntax)"],
  },
  {
    title: "infinity is a word of the text format only",
    proto: proto2(`import "google/protobuf/descriptor.proto";
message O { optional double d = 1; }
extend google.protobuf.FileOptions { optional O o = 50000; }
option (o) = { d: -infinity };
message M { optional float a = 1 [default = infinity]; }`),
    says: ["a.proto:6:45 The default of a float is a number. (field-default)"],
  },
  {
    title: "a package of more than 511 letters",
    proto: proto3(
      `package aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;`,
    ),
    says: ["a.proto:2:9 A package's name has at most 511 characters. (syntax)"],
  },
];
