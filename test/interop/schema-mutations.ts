/** A schema with one to three mistakes that a person, or a merge, might make. The same seed makes the same schema. */
export function mutate(text: string, seed: number): string {
  const random = createRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  let result = text;
  for (let count = random() < 0.8 ? 1 : 2; count > 0; count--) {
    const tokens = result.match(/\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|[\w.]+|\s+|[^\w\s]/g) ?? [];
    const solid = tokens.flatMap((token, index) => (/^\s|^\/\//.test(token) ? [] : [index]));
    const at = pick(solid);
    const token = tokens[at] as string;
    const other = tokens[pick(solid)] as string;
    const kind = random();
    const lines = result.split("\n");
    const line = Math.floor(random() * lines.length);
    if (/^\d+$/.test(token)) tokens[at] = pick(numbers);
    else if (kind < 0.08) tokens[at] = "";
    else if (kind < 0.12) tokens[at] = `${token} ${token}`;
    else if (kind < 0.2) tokens[at] = other;
    else if (kind < 0.35 && /^[a-z]/i.test(token)) tokens[at] = pick(words);
    else {
      // A statement more, twice or not at all.
      if (kind < 0.75) lines.splice(line, 0, pick(statements));
      else if (kind < 0.87) lines.splice(line, 1);
      else lines.splice(line, 0, pick(lines));
      result = lines.join("\n");
      continue;
    }
    result = tokens.join("");
  }
  return result;
}

const numbers = [
  "0",
  "1",
  "2",
  "3",
  "18999",
  "19000",
  "19999",
  "536870911",
  "536870912",
  "-1",
  "0x10",
  "017",
  "1.5",
];

const words = (
  "message enum service rpc oneof extend extensions reserved option import package syntax edition repeated optional " +
  "required group map stream returns max to true false inf int32 int64 string bytes bool double float deprecated packed " +
  "default json_name jstype lazy features public weak export local a A b B foo Foo google.protobuf.Empty .Foo M E ctype"
).split(" ");

const statements = [
  "message M { }",
  "message M { int32 a = 1; }",
  "enum E { A = 0; }",
  "enum E { B = 1; }",
  "enum E { A = 0; B = 0; }",
  "int32 extra = 77;",
  "optional int32 extra = 77;",
  "repeated string list = 78 [packed = true];",
  "repeated int32 list = 78 [packed = false];",
  "int64 big = 79 [jstype = JS_STRING];",
  "map<string, int32> table = 80;",
  "map<float, int32> table = 80;",
  "oneof choice { int32 x = 81; string y = 82; }",
  "oneof choice { }",
  "reserved 1, 5 to 9;",
  'reserved "name", "id";',
  "reserved name, id;",
  "extensions 100 to 199;",
  "extensions 1000 to max [verification = UNVERIFIED];",
  "option deprecated = true;",
  "option allow_alias = true;",
  "option nothing = 1;",
  'option java_package = "a";',
  'import "google/protobuf/empty.proto";',
  'import "nowhere.proto";',
  "extend Foo { optional int32 more = 100; }",
  "rpc Call(M) returns (stream M);",
  "service S { rpc Call(M) returns (M); }",
  "option features.field_presence = IMPLICIT;",
  'string renamed = 83 [json_name = "a"];',
  'optional string preset = 84 [default = "x"];',
  "optional group Result = 85 { }",
  'int32 ruled = 86 [(rule).least = 3, (rule).words = "x"];',
  'optional int32 ruled = 86 [(rule) = { least: 1 words: ["a", "b"] }];',
  "int32 ruled = 86 [(.shop.old.rule).least = 3];",
  "int32 ruled = 86 [(rule).least = -3000000000];",
  "int32 ruled = 86 [(rule) = { least: 1, least: 2 }];",
  "int32 ruled = 86 [(rule).nothing = 3];",
  "optional int32 limit = 87 [default = 0x7fffffff];",
  "optional int32 limit = 87 [default = 2147483648];",
  "optional uint32 limit = 87 [default = -1];",
  "optional float limit = 87 [default = inf];",
  "optional double limit = 87 [default = -nan];",
  "optional bool limit = 87 [default = 1];",
  'optional bytes limit = 87 [default = "\\xff\\377"];',
  'optional string limit = 87 [default = "\\q"];',
  "optional E limit = 87 [default = A];",
  "repeated int32 limit = 87 [default = 1];",
  "reserved 536870911 to max;",
  "reserved 5 to 1;",
  "reserved -1;",
  'reserved "a b";',
  'reserved "twice", "twice";',
  "extensions 200;",
  "extensions 200 to 100;",
  'extensions 300 to 310 [declaration = { number: 300 full_name: ".a.b" type: "int32" }];',
  "extend Foo { repeated Foo more = 101; }",
  "extend .google.protobuf.FieldOptions { optional int32 note = 50003; }",
  "extend Next { int32 less = 101; }",
  "option message_set_wire_format = true;",
  "option map_entry = true;",
  "option no_standard_descriptor_accessor = true;",
  "option optimize_for = LITE_RUNTIME;",
  "option optimize_for = FAST;",
  "option cc_enable_arenas = 1;",
  "option deprecated = true; option deprecated = true;",
  "option (nothing) = 1;",
  "option idempotency_level = NO_SIDE_EFFECTS;",
  "option features.enum_type = CLOSED;",
  "option features = { field_presence: IMPLICIT enum_type: OPEN };",
  "option features.json_format = LEGACY_BEST_EFFORT;",
  "export message X { }",
  "local enum Y { Y_A = 0; }",
  'import weak "google/protobuf/empty.proto";',
  'import public "google/protobuf/empty.proto";',
  'import option "google/protobuf/empty.proto";',
  'import "google/protobuf/descriptor.proto";',
  "map<string, M> table = 80 [deprecated = true];",
  "repeated map<string, M> table = 80;",
  "map<string, map<string, string>> table = 80;",
  "map<Kind, int32> table = 80;",
  "oneof choice { repeated int32 x = 81; }",
  "oneof choice { map<int32, int32> x = 81; }",
  "oneof choice { option deprecated = true; int32 x = 81; }",
  "oneof choice { oneof inner { int32 x = 81; } }",
  "oneof choice { optional int32 x = 81; }",
  'enum F { option allow_alias = true; F_A = 0; F_B = 0; reserved -5 to -1, 7 to max; reserved "F_C"; }',
  "enum F { F_A = 0; F_B = 2147483648; }",
  "enum F { F_A = 0; A = 1; }",
  "enum F { F_A = 0 [deprecated = true, debug_redact = true]; F_B = 1 [deprecated = 2]; }",
  "message Deep { message Deep { message Deep { Deep d = 1; } } }",
  "message Clash { int32 a_b = 1; int32 aB = 2; }",
  "message Clash { map<int32, int32> a = 1; message AEntry { } }",
  "required int32 needed = 88;",
  "int32 needed = 88 [features.field_presence = LEGACY_REQUIRED];",
  "repeated int32 list = 78 [features.repeated_field_encoding = PACKED];",
  "string text = 89 [features.utf8_validation = NONE, features.message_encoding = DELIMITED];",
  "Foo lazy = 90 [lazy = true];",
  "Next lazy = 90 [lazy = true, unverified_lazy = true];",
  "string lazy = 90 [lazy = true];",
  "string text = 91 [ctype = CORD, retention = RETENTION_SOURCE, targets = TARGET_TYPE_FILE];",
  "stream int32 flow = 92;",
  "export x = 94; local.Y y = 95;",
  "message export { } message local { message Y { } }",
  "extend Foo { }",
  "extend Next { optional int32 more = 150; }",
  "extend Later { int32 more = 103; }",
  "repeated Kind kind_of = 100;",
  'extensions 400 to 410 [declaration = { number: 400 full_name: "a" type: "int32" }];',
  'extensions 400 to 410 [declaration = { number: 411 full_name: ".a" type: "int32" }];',
  "extensions 400 to 410 [verification = UNVERIFIED, declaration = { number: 400 reserved: true }];",
  "extensions 400 to 410 [declaration = { number: 400 }];",
  "option message_set_wire_format = true; extensions 4 to max;",
  "option features.enforce_naming_style = STYLE_LEGACY;",
  "option features.enforce_naming_style = STYLE2024;",
  "option features.default_symbol_visibility = LOCAL_ALL;",
  "option features.json_format = LEGACY_BEST_EFFORT;",
  "option features.utf8_validation = UTF8_VALIDATION_UNKNOWN;",
  "option java_multiple_files = true;",
  "option deprecated_legacy_json_field_conflicts = true;",
  "message lower_case { int32 Upper = 1; int32 a__b = 2; int32 a_1 = 3; oneof O { int32 x = 4; } }",
  "enum odd { a = 0; ODD_1 = 1; }",
  'message Clash { int32 a_b = 1 [json_name = "x"]; int32 aB = 2; }',
  'message Clash { int32 a = 1 [json_name = "b"]; int32 b = 2; }',
  "enum Clash { CLASH_A = 0; option deprecated_legacy_json_field_conflicts = true; A = 1; }",
  "map<string, int64> table = 80 [jstype = JS_STRING];",
  "float f = 96 [deprecated = true, ctype = STRING];",
  "optional float f = 96 [default = 1.5f];",
  "optional double f = 96 [default = .5e-3];",
  "int32 ruled = 86 [(rule) = { least: 0x10 words: 'x' 'y' }];",
  "rpc Stream(stream.M) returns (stream stream.M);",
  "google.protobuf.FieldOptions options = 97;",
  "int32 = 93;",
  "int32 name = ;",
  "rpc Call(stream stream M) returns (M);",
  "rpc Call(M) returns (M) { option idempotency_level = IDEMPOTENT; option deprecated = true; }",
  "rpc Call(M) returns (M) { ; }",
  "rpc Call(.google.protobuf.Empty) returns (int32);",
  "service M { }",
  "option java_package = 'a' 'b';",
  "option java_package = a;",
  "/* open",
  '"text";',
  'import option "google/protobuf/descriptor.proto";',
  'import option "nowhere.proto";',
  'import public option "google/protobuf/empty.proto";',
  "group Loose = 98 { }",
  "oneof choice { group Loose = 98 { optional int32 x = 1; } }",
  "extend Foo { group Loose = 102 { } }",
  "repeated group Loose = 98 [deprecated = true] { }",
  "optional group loose = 98 { }",
  "extend Order { optional int32 far = 150; optional int32 near = 150; }",
  "enum G { G_A = 0x0; G_B = -0x1; G_C = 010; }",
  "enum G { G_A = 0; reserved G_D, 'G_E'; }",
  "message Later { }",
  "message N { reserved 1 to 3, 2; }",
  "message N { extensions 5 to 9; reserved 7; }",
  "message N { extensions 5 to 9, 8 to 12; }",
  "message N { int32 a = 1; int32 b = 1; int32 a = 2; }",
  "message N { reserved 'a'; int32 a = 1; }",
  "message N { oneof a { int32 a = 1; } }",
  "message N { enum E { X = 0; } enum F { X = 0; } }",
  "message N { export message P { } local enum Q { Q_A = 0; } }",
  "export extend Foo { }",
  "local service Z { }",
  "export import 'google/protobuf/empty.proto';",
  "option (rule) = { };",
  "option features.(pb.cpp).string_type = VIEW;",
  "option features.field_presence = EXPLICIT, features.enum_type = OPEN;",
  'option java_package = "a" + "b";',
  "string s = 99 [default = 'a\\x41\\u0041\\U00000041'];",
  "optional string s = 99 [default = 'a\\x41\\u0041\\U00000041'];",
  "optional bytes s = 99 [default = '\\u00e9\\400'];",
  "optional int64 s = 99 [default = -9223372036854775808];",
  "optional int64 s = 99 [default = 9223372036854775808];",
  "optional uint64 s = 99 [default = 18446744073709551615];",
  "optional float s = 99 [default = 1e400];",
  "optional float s = 99 [default = - inf];",
  "map<string, google.protobuf.FieldOptions> table = 80;",
  "map<bytes, int32> table = 80; map<.Foo, int32> other = 80;",
  "map <int32 , string > spaced=80;",
  "rpc Call(M) returns (M) { option (nothing).a = 1; }",
  "rpc Call(stream .M) returns (stream .M);",
  "service S { stream M flow; }",
  "service S { option deprecated = true; option deprecated = false; }",
  "reserved 1 to max, 3;",
  "reserved max;",
  "extensions max to 5;",
  "extensions 4 to 0x10;",
  "package a..b;",
  "package .a;",
  "package a . b;",
  "// to the end",
  "# no comment",
  "/* */ ; /* /* */",
  'edition = "2023";',
  "syntax = 'proto3';",
  "package again;",
  ";",
];

/** mulberry32: numbers from 0 to 1 that depend on the seed only. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
