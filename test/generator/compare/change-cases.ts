/**
 * Schemas that change, and what is found: `kind rule name`, in order. `buf`: how buf 1.75 judges the same change when it
 * is not as we do, with the reason; a test in test/interop asks it about every case.
 */
export interface ChangeCase {
  readonly title: string;
  /** Text of a.proto, or of all files. */
  readonly before: string | Readonly<Record<string, string>>;
  readonly after: string | Readonly<Record<string, string>>;
  readonly finds: readonly string[];
  readonly buf?: { readonly kind: "wire" | "json" | "source" | "safe"; readonly because: string };
}

/** Names of types are not sent; buf compares nothing else. */
const namesOnly = { kind: "wire", because: "buf takes a message by another name for another one" } as const;

const proto3 = (text: string) => `syntax = "proto3"; package p; ${text}`;
const proto2 = (text: string) => `syntax = "proto2"; package p; ${text}`;
const edition = (text: string) => `edition = "2023"; package p; ${text}`;
const http = (rule: string) =>
  `syntax = "proto3"; import "google/api/annotations.proto"; message M { string id = 1; } service S { rpc Get(M) returns (M) { ${rule} } }`;

export const changeCases: readonly ChangeCase[] = [
  {
    title: "nothing",
    before: proto3("message M { int32 a = 1; }"),
    after: proto3("message M { int32 a = 1; }"),
    finds: [],
  },
  {
    title: "comments and the order of fields",
    before: proto3("message M { int32 a = 1; int32 b = 2; }"),
    after: proto3("/* new */ message M { int32 b = 2; /* old */ int32 a = 1; }"),
    finds: [],
  },

  // Fields that go away.
  {
    title: "a field is deleted",
    before: proto3("message M { int32 a = 1; int32 b = 2; }"),
    after: proto3("message M { int32 a = 1; }"),
    finds: ["wire field-deleted p.M.b"],
  },
  {
    title: "a field is deleted and its number reserved",
    before: proto3("message M { int32 a = 1; int32 b = 2; }"),
    after: proto3("message M { int32 a = 1; reserved 2; }"),
    finds: ["json field-deleted p.M.b"],
  },
  {
    title: "a field is deleted and its name reserved",
    before: proto3("message M { int32 a = 1; int32 b = 2; }"),
    after: proto3('message M { int32 a = 1; reserved "b"; }'),
    finds: ["wire field-deleted p.M.b"],
  },
  {
    title: "a field is deleted, number and name reserved",
    before: proto3("message M { int32 a = 1; int32 b = 2; }"),
    after: proto3('message M { int32 a = 1; reserved 2 to 5; reserved "b"; }'),
    finds: ["source field-deleted p.M.b"],
  },
  {
    title: "a required field is deleted and reserved",
    before: proto2("message M { required int32 a = 1; }"),
    after: proto2('message M { reserved 1; reserved "a"; }'),
    finds: ["wire field-deleted p.M.a"],
  },
  {
    title: "a field gets another number",
    before: proto3("message M { int32 a = 1; }"),
    after: proto3("message M { int32 a = 2; }"),
    finds: ["wire field-deleted p.M.a", "safe field-added p.M.a"],
  },
  {
    title: "a field of a nested message is deleted",
    before: proto3("message M { message N { int32 a = 1; } N n = 1; }"),
    after: proto3("message M { message N { } N n = 1; }"),
    finds: ["wire field-deleted p.M.N.a"],
  },
  {
    title: "an extension is deleted",
    before: proto2("message M { extensions 100 to 200; } extend M { optional int32 x = 100; }"),
    after: proto2("message M { extensions 100 to 200; }"),
    finds: ["source extension-deleted p.x"],
  },

  // Fields that change.
  {
    title: "a field is renamed",
    before: proto3("message M { int32 a = 1; }"),
    after: proto3("message M { int32 b = 1; }"),
    finds: ["json field-name p.M.a"],
  },
  {
    title: "a field is renamed and keeps its name in JSON",
    before: proto3("message M { int32 a = 1; }"),
    after: proto3('message M { int32 b = 1 [json_name = "a"]; }'),
    finds: ["json field-name p.M.a"],
  },
  {
    title: "a field is called differently in JSON",
    before: proto3("message M { int32 a = 1; }"),
    after: proto3('message M { int32 a = 1 [json_name = "b"]; }'),
    finds: ["json field-json-name p.M.a"],
  },
  {
    title: "string becomes int32",
    before: proto3("message M { string a = 1; }"),
    after: proto3("message M { int32 a = 1; }"),
    finds: ["wire field-type p.M.a"],
  },
  {
    title: "int32 becomes int64",
    before: proto3("message M { int32 a = 1; }"),
    after: proto3("message M { int64 a = 1; }"),
    finds: ["json field-type p.M.a"],
  },
  {
    title: "int32 becomes uint32",
    before: proto3("message M { int32 a = 1; }"),
    after: proto3("message M { uint32 a = 1; }"),
    finds: ["source field-type p.M.a"],
  },
  {
    title: "string becomes bytes",
    before: proto3("message M { string a = 1; }"),
    after: proto3("message M { bytes a = 1; }"),
    finds: ["json field-type p.M.a"],
  },
  {
    title: "bytes become a string",
    before: proto3("message M { bytes a = 1; }"),
    after: proto3("message M { string a = 1; }"),
    finds: ["wire field-type p.M.a"],
  },
  {
    title: "a message becomes another one",
    before: proto3("message M { A a = 1; } message A { int32 x = 1; } message B { string x = 1; }"),
    after: proto3("message M { B a = 1; } message A { int32 x = 1; } message B { string x = 1; }"),
    finds: ["wire field-type p.M.a"],
  },
  {
    title: "a message becomes another one that looks the same",
    before: proto3("message M { A a = 1; } message A { A a = 1; } message B { B a = 1; }"),
    after: proto3("message M { B a = 1; } message A { A a = 1; } message B { B a = 1; }"),
    finds: ["source field-type p.M.a"],
    buf: namesOnly,
  },
  {
    title: "an enum becomes another one that has all its values",
    before: proto3(
      "message M { E a = 1; } enum E { A = 0; B = 1; } message O { enum E { A = 0; B = 1; C = 2; } }",
    ),
    after: proto3(
      "message M { O.E a = 1; } enum E { A = 0; B = 1; } message O { enum E { A = 0; B = 1; C = 2; } }",
    ),
    finds: ["source field-type p.M.a"],
  },
  {
    title: "an enum becomes another one that lacks a value",
    before: proto3(
      "message M { O.E a = 1; } enum E { A = 0; B = 1; } message O { enum E { A = 0; B = 1; C = 2; } }",
    ),
    after: proto3(
      "message M { E a = 1; } enum E { A = 0; B = 1; } message O { enum E { A = 0; B = 1; C = 2; } }",
    ),
    finds: ["wire field-type p.M.a"],
  },
  {
    title: "a message is encoded as a group",
    before: edition("message M { M a = 1; }"),
    after: edition("message M { M a = 1 [features.message_encoding = DELIMITED]; }"),
    finds: ["wire field-type p.M.a"],
  },
  {
    title: "the value of a map becomes a longer integer",
    before: proto3("message M { map<string, int32> a = 1; }"),
    after: proto3("message M { map<string, int64> a = 1; }"),
    finds: ["json field-type p.M.a"],
  },
  {
    title: "the key of a map becomes a text",
    before: proto3("message M { map<int32, int32> a = 1; }"),
    after: proto3("message M { map<string, int32> a = 1; }"),
    finds: ["wire field-type p.M.a"],
  },
  {
    title: "a map becomes a list",
    before: proto3("message M { map<int32, int32> a = 1; }"),
    after: proto3("message M { repeated int32 a = 1; }"),
    finds: ["wire field-type p.M.a"],
  },
  {
    title: "a single field becomes repeated",
    before: proto3("message M { string a = 1; }"),
    after: proto3("message M { repeated string a = 1; }"),
    finds: ["wire field-cardinality p.M.a"],
  },
  {
    title: "a field becomes optional",
    before: proto3("message M { string a = 1; }"),
    after: proto3("message M { optional string a = 1; }"),
    finds: ["source field-cardinality p.M.a"],
  },
  {
    title: "a message field becomes optional",
    before: proto3("message M { M a = 1; }"),
    after: proto3("message M { optional M a = 1; }"),
    finds: [],
  },
  {
    title: "a field becomes required",
    before: proto2("message M { optional string a = 1; }"),
    after: proto2("message M { required string a = 1; }"),
    finds: ["wire field-cardinality p.M.a"],
  },
  {
    title: "a list is packed",
    before: proto2("message M { repeated int32 a = 1; }"),
    after: proto2("message M { repeated int32 a = 1 [packed = true]; }"),
    finds: [],
  },
  {
    title: "a default changes",
    before: proto2("message M { optional int32 a = 1 [default = 3]; }"),
    after: proto2("message M { optional int32 a = 1 [default = 4]; }"),
    finds: ["wire field-default p.M.a"],
  },
  {
    title: "a default is written out",
    before: proto2("message M { optional int32 a = 1; }"),
    after: proto2("message M { optional int32 a = 1 [default = 0]; }"),
    finds: [],
  },
  {
    title: "a default of an enum goes away",
    before: proto2("message M { optional E a = 1 [default = B]; } enum E { A = 0; B = 1; }"),
    after: proto2("message M { optional E a = 1; } enum E { A = 0; B = 1; }"),
    finds: ["wire field-default p.M.a"],
  },
  {
    title: "another value of a closed enum is the first one",
    before: proto2("message M { optional E a = 1; repeated E b = 2; } enum E { A = 0; B = 1; }"),
    after: proto2("message M { optional E a = 1; repeated E b = 2; } enum E { B = 1; A = 0; }"),
    finds: ["wire field-default p.M.a"],
  },
  {
    title: "a value is new in front of a closed enum",
    before: edition("message M { E a = 1; } enum E { option features.enum_type = CLOSED; A = 0; B = 1; }"),
    after: edition(
      "message M { E a = 1; } enum E { option features.enum_type = CLOSED; N = 2; A = 0; B = 1; }",
    ),
    finds: ["wire field-default p.M.a", "safe enum-value-added p.N"],
  },
  {
    title: "a default is written out that is the first value of its enum",
    before: proto2("message M { optional E a = 1; } enum E { B = 1; A = 0; }"),
    after: proto2("message M { optional E a = 1 [default = B]; } enum E { A = 0; B = 1; }"),
    finds: [],
  },
  {
    title: "a default of an enum has another name",
    before: proto2("message M { optional E a = 1 [default = B]; } enum E { A = 0; B = 1; }"),
    after: proto2("message M { optional E a = 1 [default = C]; } enum E { A = 0; C = 1; }"),
    finds: ["json enum-value-name p.B"],
  },
  {
    title: "a field moves into a oneof",
    before: proto3("message M { string a = 1; oneof o { string b = 2; } }"),
    after: proto3("message M { oneof o { string a = 1; string b = 2; } }"),
    finds: ["wire field-oneof p.M.a"],
  },
  {
    title: "a field leaves a oneof",
    before: proto3("message M { oneof o { string a = 1; string b = 2; } }"),
    after: proto3("message M { string a = 1; oneof o { string b = 2; } }"),
    finds: ["wire field-oneof p.M.a"],
  },
  {
    title: "a oneof is renamed",
    before: proto3("message M { oneof o { string a = 1; } }"),
    after: proto3("message M { oneof x { string a = 1; } }"),
    finds: ["source oneof-deleted p.M.o", "wire field-oneof p.M.a"],
  },
  {
    title: "jstype changes",
    before: proto3("message M { int64 a = 1; }"),
    after: proto3("message M { int64 a = 1 [jstype = JS_STRING]; }"),
    finds: ["source field-js-type p.M.a"],
  },
  {
    title: "jstype is written out",
    before: proto3("message M { int64 a = 1; }"),
    after: proto3("message M { int64 a = 1 [jstype = JS_NORMAL]; }"),
    finds: [],
  },
  {
    title: "ctype changes",
    before: proto3("message M { bytes a = 1; }"),
    after: proto3("message M { bytes a = 1 [ctype = CORD]; }"),
    finds: ["source field-string-type p.M.a"],
  },
  {
    title: "texts are no longer checked to be UTF-8",
    before: edition("message M { string a = 1; }"),
    after: edition("message M { string a = 1 [features.utf8_validation = NONE]; }"),
    finds: ["source field-utf8 p.M.a"],
  },
  {
    title: "an extension changes its type",
    before: proto2("message M { extensions 100 to 200; } extend M { optional int32 x = 100; }"),
    after: proto2("message M { extensions 100 to 200; } extend M { optional string x = 100; }"),
    finds: ["wire field-type p.x"],
  },
  {
    title: "an extension has another name",
    before: proto2("message M { extensions 100 to 200; } message H { extend M { optional int32 x = 100; } }"),
    after: proto2("message M { extensions 100 to 200; } extend M { optional int32 x = 100; }"),
    finds: ["source message-deleted p.H", "json field-name p.H.x"],
  },
  {
    title: "an extension has another name and type in the same message",
    before: proto2("message M { extensions 100 to 200; } extend M { optional int32 x = 100; }"),
    after: proto2("message M { extensions 100 to 200; } extend M { optional string y = 100; }"),
    finds: ["json field-name p.x", "wire field-type p.x"],
  },
  {
    title: "an extension gets another number",
    before: proto2("message M { extensions 100 to 200; } extend M { optional int32 x = 100; }"),
    after: proto2("message M { extensions 100 to 200; } extend M { optional int32 x = 101; }"),
    finds: ["wire extension-number p.x"],
    buf: { kind: "safe", because: "buf takes it for another extension" },
  },

  // Messages.
  {
    title: "a message is deleted",
    before: proto3("message M { message N { enum E { A = 0; } } } message O { }"),
    after: proto3("message O { }"),
    finds: ["source message-deleted p.M"],
  },
  {
    title: "a nested message is deleted",
    before: proto3("message M { message N { } }"),
    after: proto3("message M { }"),
    finds: ["source message-deleted p.M.N"],
  },
  {
    title: "a message moves to another file of the package",
    before: { "a.proto": proto3("message M { }"), "b.proto": proto3("message N { }") },
    after: { "a.proto": proto3(""), "b.proto": proto3("message N { } message M { message I { } }") },
    finds: ["safe message-added p.M.I", "source message-moved p.M"],
  },
  {
    title: "a required field is added",
    before: proto2("message M { }"),
    after: proto2("message M { required int32 a = 1; }"),
    finds: ["wire required-field-added p.M.a"],
  },
  {
    title: "a number is no longer reserved",
    before: proto3("message M { reserved 2 to 9; }"),
    after: proto3("message M { reserved 2 to 4, 6 to 9; }"),
    finds: ["wire reserved-removed p.M"],
  },
  {
    title: "a name is no longer reserved",
    before: proto3('message M { reserved "a", "b"; }'),
    after: proto3('message M { reserved "a"; }'),
    finds: ["wire reserved-removed p.M"],
  },
  {
    title: "what is reserved is written in other pieces",
    before: proto3("message M { reserved 2 to 9, 10; }"),
    after: proto3("message M { reserved 6 to 20, 2 to 5; }"),
    finds: [],
  },
  {
    title: "an extension range is deleted",
    before: proto2("message M { extensions 100 to 200; }"),
    after: proto2("message M { extensions 100 to 199; }"),
    finds: ["source extension-range-removed p.M"],
  },
  {
    title: "the JSON of a message is best effort only",
    before: edition("message M { }"),
    after: edition("message M { option features.json_format = LEGACY_BEST_EFFORT; }"),
    finds: ["json message-json-format p.M"],
  },
  {
    title: "a message loses its standard accessor",
    before: proto3("message M { }"),
    after: proto3("message M { option no_standard_descriptor_accessor = true; }"),
    finds: ["source message-accessor p.M"],
  },
  {
    title: "a oneof is added",
    before: proto3("message M { }"),
    after: proto3("message M { oneof o { int32 a = 1; } }"),
    finds: ["safe field-added p.M.a"],
  },
  {
    title: "a field, a message and a file are added",
    before: proto3("message M { }"),
    after: {
      "a.proto": proto3("message M { int32 a = 1; } message N { message I { } }"),
      "b.proto": proto3(""),
    },
    finds: ["safe field-added p.M.a", "safe message-added p.N", "safe file-added b.proto"],
  },

  // Enums.
  {
    title: "an enum is deleted",
    before: proto3("enum E { A = 0; } message M { }"),
    after: proto3("message M { }"),
    finds: ["source enum-deleted p.E"],
  },
  {
    title: "an enum value is deleted",
    before: proto3("enum E { A = 0; B = 1; }"),
    after: proto3("enum E { A = 0; }"),
    finds: ["wire enum-value-deleted p.B"],
  },
  {
    title: "an enum value is deleted and its number reserved",
    before: proto3("enum E { A = 0; B = 1; }"),
    after: proto3("enum E { A = 0; reserved 1; }"),
    finds: ["json enum-value-deleted p.B"],
  },
  {
    title: "an enum value is deleted, number and name reserved",
    before: proto3("enum E { A = 0; B = 1; }"),
    after: proto3('enum E { A = 0; reserved 1; reserved "B"; }'),
    finds: ["source enum-value-deleted p.B"],
  },
  {
    title: "an enum value is renamed",
    before: proto3("enum E { A = 0; B = 1; }"),
    after: proto3("enum E { A = 0; C = 1; }"),
    finds: ["json enum-value-name p.B"],
  },
  {
    title: "an enum value gets a second name",
    before: proto3("enum E { A = 0; B = 1; }"),
    after: proto3("enum E { option allow_alias = true; A = 0; B = 1; C = 1; }"),
    finds: [],
  },
  {
    title: "an alias goes away",
    before: proto3("enum E { option allow_alias = true; A = 0; B = 1; C = 1; }"),
    after: proto3("enum E { A = 0; B = 1; }"),
    finds: ["json enum-value-name p.C"],
  },
  {
    title: "a value is added",
    before: proto3("enum E { A = 0; }"),
    after: proto3("enum E { A = 0; B = 1; }"),
    finds: ["safe enum-value-added p.B"],
  },
  {
    title: "an enum is closed",
    before: edition("enum E { A = 0; }"),
    after: edition("enum E { option features.enum_type = CLOSED; A = 0; }"),
    finds: ["source enum-type p.E"],
  },
  {
    title: "the JSON of an enum is best effort only",
    before: edition("enum E { A = 0; }"),
    after: edition("enum E { option features.json_format = LEGACY_BEST_EFFORT; A = 0; }"),
    finds: ["json enum-json-format p.E"],
  },
  {
    title: "a number of an enum is no longer reserved",
    before: proto3("enum E { A = 0; reserved 5 to max; }"),
    after: proto3("enum E { A = 0; reserved 5 to 100; }"),
    finds: ["wire enum-reserved-removed p.E"],
  },

  // Services.
  {
    title: "a service is deleted",
    before: proto3("message M { } service S { rpc Get(M) returns (M); }"),
    after: proto3("message M { }"),
    finds: ["wire service-deleted p.S"],
    buf: { kind: "source", because: "buf does not count calls that are answered Unimplemented" },
  },
  {
    title: "an rpc is deleted",
    before: proto3("message M { } service S { rpc Get(M) returns (M); rpc Put(M) returns (M); }"),
    after: proto3("message M { } service S { rpc Get(M) returns (M); }"),
    finds: ["wire rpc-deleted p.S.Put"],
    buf: { kind: "source", because: "buf does not count calls that are answered Unimplemented" },
  },
  {
    title: "an rpc takes another request",
    before: proto3(
      "message M { int32 a = 1; } message N { bytes a = 1; } service S { rpc Get(M) returns (M); }",
    ),
    after: proto3(
      "message M { int32 a = 1; } message N { bytes a = 1; } service S { rpc Get(N) returns (M); }",
    ),
    finds: ["wire rpc-request-type p.S.Get"],
  },
  {
    title: "the messages of an rpc, what they hold and an enum are renamed",
    before: proto3(
      "message Ask { In in = 1; Colour c = 2; } message In { Ask ask = 1; } enum Colour { RED = 0; } service S { rpc Get(Ask) returns (stream In); }",
    ),
    after: proto3(
      "message Question { Inner in = 1; Color c = 2; } message Inner { Question ask = 1; } enum Color { RED = 0; BLUE = 1; } service S { rpc Get(Question) returns (stream Inner); }",
    ),
    finds: [
      "safe enum-added p.Color",
      "safe message-added p.Inner",
      "safe message-added p.Question",
      "source enum-deleted p.Colour",
      "source message-deleted p.Ask",
      "source message-deleted p.In",
      "source rpc-request-type p.S.Get",
      "source rpc-response-type p.S.Get",
    ],
    buf: namesOnly,
  },
  {
    title: "a request is renamed, and what differs is deep in it",
    before: proto3(
      "message A { B b = 1; } message B { A a = 1; int32 n = 2; } service S { rpc Get(A) returns (E); } message E { }",
    ),
    after: proto3(
      "message X { Y b = 1; } message Y { X a = 1; string n = 2; } service S { rpc Get(X) returns (E); } message E { }",
    ),
    finds: [
      "safe message-added p.X",
      "safe message-added p.Y",
      "source message-deleted p.A",
      "source message-deleted p.B",
      "wire rpc-request-type p.S.Get",
    ],
  },
  {
    title: "a request is renamed and so is a field of it",
    before: proto3("message A { int32 a = 1; } service S { rpc Get(A) returns (E); } message E { }"),
    after: proto3("message X { int32 b = 1; } service S { rpc Get(X) returns (E); } message E { }"),
    finds: ["json rpc-request-type p.S.Get", "safe message-added p.X", "source message-deleted p.A"],
    buf: namesOnly,
  },
  {
    title: "a time becomes a message that looks the same on the wire",
    before: {
      "a.proto": `syntax = "proto3"; import "google/protobuf/timestamp.proto"; message M { google.protobuf.Timestamp at = 1; } message T { int64 seconds = 1; int32 nanos = 2; }`,
    },
    after: {
      "a.proto": `syntax = "proto3"; message M { T at = 1; } message T { int64 seconds = 1; int32 nanos = 2; }`,
    },
    finds: ["json field-type M.at"],
    buf: namesOnly,
  },
  {
    title: "an rpc returns another response",
    before: proto3("message M { int32 a = 1; } message N { } service S { rpc Get(M) returns (M); }"),
    after: proto3("message M { int32 a = 1; } message N { } service S { rpc Get(M) returns (N); }"),
    finds: ["wire rpc-response-type p.S.Get"],
  },
  {
    title: "an rpc streams its requests",
    before: proto3("message M { } service S { rpc Get(M) returns (M); }"),
    after: proto3("message M { } service S { rpc Get(stream M) returns (M); }"),
    finds: ["wire rpc-streaming p.S.Get"],
  },
  {
    title: "an rpc streams its responses",
    before: proto3("message M { } service S { rpc Get(M) returns (M); }"),
    after: proto3("message M { } service S { rpc Get(M) returns (stream M); }"),
    finds: ["wire rpc-streaming p.S.Get"],
  },
  {
    title: "an rpc is no longer free of side effects",
    before: proto3(
      "message M { } service S { rpc Get(M) returns (M) { option idempotency_level = NO_SIDE_EFFECTS; } }",
    ),
    after: proto3("message M { } service S { rpc Get(M) returns (M); }"),
    finds: ["wire rpc-idempotency p.S.Get"],
  },
  {
    title: "an rpc is bound to another path",
    before: http('option (google.api.http).get = "/v1/{id}";'),
    after: http('option (google.api.http).get = "/v2/{id}";'),
    finds: ["json rpc-http S.Get"],
    buf: { kind: "safe", because: "buf does not look at custom options" },
  },
  {
    title: "an rpc is bound to one path more",
    before: http('option (google.api.http).get = "/v1/{id}";'),
    after: http('option (google.api.http) = { get: "/v1/{id}" additional_bindings { get: "/v2/{id}" } };'),
    finds: [],
  },
  {
    title: "an rpc and a service are added",
    before: proto3("message M { } service S { }"),
    after: proto3("message M { } service S { rpc Get(M) returns (M); } service T { }"),
    finds: ["safe rpc-added p.S.Get", "safe service-added p.T"],
  },

  // Files.
  {
    title: "an enum and an extension of a package that has others are deleted",
    before: {
      "a.proto": proto2(
        "message M { extensions 100 to 200; } enum E { A = 0; } extend M { optional int32 x = 100; }",
      ),
      "b.proto": proto2('import "a.proto"; enum F { FA = 0; } extend M { optional int32 y = 101; }'),
    },
    after: {
      "a.proto": proto2(
        "message M { extensions 100 to 200; } enum E { A = 0; } extend M { optional int32 x = 100; }",
      ),
      "b.proto": proto2(""),
    },
    finds: ["source enum-deleted p.F", "source extension-deleted p.y"],
  },
  {
    title: "a file is deleted",
    before: {
      "a.proto": proto3("message M { }"),
      "b.proto": proto2(
        "message N { extensions 100; } enum E { A = 0; } extend N { optional int32 x = 100; }",
      ),
    },
    after: { "a.proto": proto3("message M { }") },
    finds: ["source file-deleted b.proto"],
  },
  {
    title: "a file with a service is deleted",
    before: {
      "a.proto": proto3("message M { }"),
      "b.proto": proto3('import "a.proto"; service S { rpc Get(M) returns (M); }'),
    },
    after: { "a.proto": proto3("message M { }") },
    finds: ["source file-deleted b.proto", "wire service-deleted p.S"],
    buf: { kind: "source", because: "buf does not count calls that are answered Unimplemented" },
  },
  {
    title: "a package is renamed",
    before:
      'syntax = "proto3"; package a; message M { M m = 1; E e = 2; } enum E { A = 0; } service S { rpc Get(M) returns (M); }',
    after:
      'syntax = "proto3"; package b; message M { M m = 1; E e = 2; } enum E { A = 0; } service S { rpc Get(M) returns (M); }',
    finds: ["wire file-package a.proto"],
  },
  {
    title: "proto3 is written as an edition",
    before: proto3("message M { }"),
    after: edition("option features.field_presence = IMPLICIT; message M { }"),
    finds: ["source file-syntax a.proto"],
  },
  ...[
    "cc_generic_services = true",
    'csharp_namespace = "A"',
    'go_package = "a.b/c"',
    "java_multiple_files = true",
    'java_outer_classname = "A"',
    'java_package = "a"',
    'objc_class_prefix = "A"',
    "optimize_for = CODE_SIZE",
    'php_class_prefix = "A"',
    'php_metadata_namespace = "A"',
    'php_namespace = "A"',
    "py_generic_services = true",
    'ruby_package = "A"',
    'swift_prefix = "A"',
    "cc_enable_arenas = false",
    "java_generic_services = true",
  ].map((option) => ({
    title: `option ${option}`,
    before: proto3("message M { string s = 1; }"),
    after: proto3(`option ${option}; message M { string s = 1; }`),
    finds: [`source file-option a.proto:${option.split(" ")[0]}`],
  })),
  {
    title: "option java_string_check_utf8 = true",
    before: proto2("message M { optional string s = 1; }"),
    after: proto2("option java_string_check_utf8 = true; message M { optional string s = 1; }"),
    finds: ["source file-option a.proto:java_string_check_utf8"],
  },
  {
    title: "an option is written out",
    before: proto3("message M { }"),
    after: proto3("option optimize_for = SPEED; message M { }"),
    finds: [],
  },
];
