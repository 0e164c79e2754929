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

export const optionCases: readonly SchemaCase[] = [
  {
    title: "the nearest thing of an option's name, even when it is no option",
    proto: proto3(`import "google/protobuf/descriptor.proto";
extend google.protobuf.MethodOptions { string Bar = 50000; }
extend google.protobuf.ServiceOptions { string Baz = 50000; }
message M { }
service Foo {
  option (Baz) = "a";
  rpc Bar(M) returns (M) { option (Bar) = "a"; }
  rpc Baz(M) returns (M) { option (.Bar) = "a"; }
}`),
    says: ['a.proto:8:35 "(Bar)" means the rpc "Foo.Bar" here; write "(.Bar)". (unknown-option)'],
  },
  {
    title: "an option that is looked up around its message, not in it",
    proto: proto2(`package foo.bar;
import "google/protobuf/descriptor.proto";
message A { extensions 1 to 100; }
extend google.protobuf.MessageOptions { optional A a = 50000; }
message B {
  message C { extend A { optional float f = 2; } }
  option (a).(C.f) = 4.5;
}
message D {
  option (a).(B.C.f) = 4.5;
}`),
    says: ['a.proto:8:14 There is no option "(C.f)"; did you mean "(B.C.f)"? (unknown-option)'],
  },
  {
    title: "a name in braces that is looked up around the message it extends",
    proto: proto2(`package foo.bar;
import "google/protobuf/descriptor.proto";
message A { extensions 1 to 100; }
extend google.protobuf.MessageOptions { optional A a = 50000; }
message B {
  message C { extend A { optional float f = 2; } }
  option (a) = { [C.f]: 4.5 };
}
message D {
  option (a) = { [B.C.f]: 4.5 };
}`),
    says: ['a.proto:8:18 There is no option "(C.f)"; did you mean "(B.C.f)"? (unknown-option)'],
  },
  {
    title: "a built-in option by its full name",
    proto: proto3(`import "google/protobuf/descriptor.proto";
message M { option (google.protobuf.MessageOptions.deprecated) = true; }`),
    says: [],
  },
  {
    title: "a message in an option that lacks what is required",
    proto: proto2(`import "google/protobuf/descriptor.proto";
message Foo { required string a = 1; optional Foo b = 2; }
extend google.protobuf.FileOptions { optional Foo f = 50000; optional Foo g = 50001; }
option (f) = { a: "a" b { } };`),
    says: ['a.proto:5:8 "a" is required; set it, too. (option-value)'],
  },
  {
    title: "a list without a colon, which messages may have",
    proto: proto3(`import "google/protobuf/descriptor.proto";
message Foo { repeated string words = 1; repeated Foo foos = 2; }
extend google.protobuf.FileOptions { Foo foo = 50000; }
option (foo) = { foos [] foos [{ }] words ["a"] };`),
    says: ['a.proto:5:37 Write ":" after "words". (option-value)'],
  },
  {
    title: "an Any of another domain, and one of a file that is not imported",
    proto: {
      "a.proto": proto3(`import "google/protobuf/any.proto";
import "google/protobuf/descriptor.proto";
import "b.proto";
message Foo { }
extend google.protobuf.MessageOptions { google.protobuf.Any any = 50000; }
message A { option (any) = { [type.googleapis.com/Foo] { } }; }
message B { option (any) = { [example.com/Foo] { } }; }
message C { option (any) = { [type.googleapis.com/Far] { } }; }`),
      "b.proto": proto3(`import "c.proto";`),
      "c.proto": proto3(`message Far { }`),
    },
    says: [
      'a.proto:8:30 An Any begins with "type.googleapis.com/". (option-value)',
      'a.proto:9:30 "Far" is not a message that is known here. (option-value)',
    ],
  },
  {
    title: "two fields of a oneof, set one by one",
    proto: proto3(`import "google/protobuf/descriptor.proto";
message Foo { oneof one { string a = 1; string b = 2; } }
extend google.protobuf.MessageOptions { Foo foo = 50000; }
message M { option (foo).a = "a"; option (foo).b = "b"; }`),
    says: ['a.proto:5:42 "b" and "a" are of the same oneof; remove one. (duplicate-option)'],
  },
  {
    title: "numbers that are no floats where they stand",
    proto: proto2(`import "google/protobuf/descriptor.proto";
message O { optional double d = 1; optional int32 i = 2; }
extend google.protobuf.FileOptions { repeated O o = 50000; repeated double e = 50001; }
option (o) = { d: 10 i: 0x10 };
option (o) = { d: 0x10 };
option (e) = 18446744073709551616;
option (e) = 0x10000000000000000;`),
    says: [
      'a.proto:6:19 "d" wants a number. (option-value)',
      "a.proto:8:14 A number in base 8 or 16 has at most 64 bits; write it in base 10. (syntax)",
    ],
  },
  {
    title: "bytes that are no text",
    proto: proto3(`import "google/protobuf/descriptor.proto";
extend google.protobuf.FileOptions { bytes b = 50000; repeated string s = 50001; }
option (b) = "\\xff";
option (s) = "\\xc3\\xa9";
option (s) = "\\xff";`),
    says: ['a.proto:6:14 "s" wants UTF-8; write other bytes into an option of type bytes. (option-value)'],
  },
];
