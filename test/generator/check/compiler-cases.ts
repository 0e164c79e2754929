import type { SchemaCase } from "./schema-cases.ts";

/** What protoc's and buf's own tests led to; both were asked about every one of these. */
const proto2 = (text: string) => `syntax = "proto2";\n${text}\n`;
const proto3 = (text: string) => `syntax = "proto3";\n${text}\n`;
const edition = (text: string) => `edition = "2023";\n${text}\n`;

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
  {
    title: "a comment in a comment",
    proto: proto3(`/* a /* b */
/**/ /***/ /*/ */ // /* c
message M { /* a/*/ int32 a = 1; }`),
    says: [
      'a.proto:2:6 Comments do not nest; remove this "/*". (syntax)',
      'a.proto:4:17 Comments do not nest; remove this "/*". (syntax)',
    ],
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

export const featureCases: readonly SchemaCase[] = [
  {
    title: "features in braces",
    proto: edition(`option features = { field_presence: LEGACY_REQUIRED };
message M {
  extensions 9;
  repeated string a = 1 [features = { field_presence: IMPLICIT }];
  oneof o { int64 b = 2 [features = { field_presence: EXPLICIT }]; }
  M c = 3 [features = { field_presence: IMPLICIT }];
  int64 d = 4 [features = { utf8_validation: NONE }];
  int64 e = 5 [features = { repeated_field_encoding: EXPANDED }];
  repeated string f = 6 [features = { repeated_field_encoding: PACKED }];
  map<string, string> g = 7 [features = { message_encoding: LENGTH_PREFIXED }];
}
extend M { string h = 9 [features = { field_presence: IMPLICIT }]; }`),
    says: [
      "a.proto:2:21 Required cannot be the default of a file; set it on each field. (edition-feature)",
      "a.proto:5:39 A repeated field has no presence; remove the feature. (edition-feature)",
      "a.proto:6:39 A field of a oneof always has presence; remove the feature. (edition-feature)",
      "a.proto:7:25 A message field always has presence; remove the feature. (edition-feature)",
      "a.proto:8:29 Only a string has this feature; remove it. (edition-feature)",
      "a.proto:9:29 Only a repeated field has this feature; remove it. (edition-feature)",
      "a.proto:10:39 Only repeated numbers, bools and enums can be packed; remove the feature. (edition-feature)",
      "a.proto:11:43 Only a message field has this feature; remove it. (edition-feature)",
      "a.proto:13:39 An extension always has presence; remove the feature. (edition-feature)",
    ],
  },
  {
    title: "a feature that its own file declares",
    proto: edition(`import "google/protobuf/descriptor.proto";
message Custom { bool flag = 1; }
extend google.protobuf.FeatureSet { Custom custom = 9995; }
option features.(custom).flag = true;`),
    says: [
      'a.proto:5:17 "(custom)" is declared in this file, so it cannot be a feature here; declare it in another one. (edition-feature)',
    ],
  },
  {
    title: "java_string_check_utf8, which editions do not have",
    proto: edition(`option java_string_check_utf8 = true;`),
    says: [
      "a.proto:2:8 Editions have no java_string_check_utf8; use features.(pb.java).utf8_validation. (edition-removed)",
    ],
  },
  {
    title: "what cannot be lazy, and what can",
    proto: edition(`message M {
  extensions 9 to 10;
  M a = 1 [lazy = true, features.message_encoding = DELIMITED];
  map<string, M> b = 2 [lazy = true];
  string c = 3 [unverified_lazy = true];
}
extend M {
  M d = 9 [unverified_lazy = true];
  M e = 10 [lazy = true];
}`),
    says: [
      "a.proto:4:12 A group cannot be lazy; remove the option. (lazy)",
      "a.proto:6:17 Only messages can be unverified_lazy; remove the option. (lazy)",
      "a.proto:9:12 An extension cannot be unverified_lazy; write lazy, or remove the option. (lazy)",
    ],
  },
  {
    title: "ctype where it says nothing",
    proto: edition(`message M {
  extensions 9;
  int32 a = 1 [ctype = CORD];
  map<string, string> b = 2 [ctype = CORD];
  string c = 3 [ctype = CORD];
}
extend M { string d = 9 [ctype = CORD]; }`),
    says: [
      "a.proto:4:16 ctype is for strings and bytes; remove it. (ctype)",
      "a.proto:5:30 ctype is for strings and bytes; remove it. (ctype)",
      "a.proto:8:26 An extension cannot be a CORD; remove the option. (ctype)",
    ],
  },
  {
    title: "jstype of a small integer, even when it changes nothing",
    proto: proto3(`message M { int32 a = 1 [jstype = JS_NORMAL]; int64 b = 2 [jstype = JS_NORMAL]; }`),
    says: ["a.proto:2:26 jstype is for 64-bit integers only; remove it. (jstype)"],
  },
  {
    title: "a json_name that another field has by itself",
    proto: proto2(`message M { optional int32 foo = 1 [json_name = "bar"]; optional int32 bar = 2; }
message N {
  option deprecated_legacy_json_field_conflicts = true;
  optional int32 foo = 1 [json_name = "bar"];
  optional int32 bar = 2;
}
message O { optional int32 a_b = 1; optional int32 aB = 2; }`),
    says: [
      'a.proto:2:72 "bar" and "foo" are both "bar" in JSON; rename one or change json_name. (duplicate-json-name)',
      'a.proto:6:18 "bar" and "foo" are both "bar" in JSON; rename one or change json_name. (duplicate-json-name)',
    ],
  },
  {
    title: "the json_name that an extension has anyhow",
    proto: proto2(`message M { extensions 1 to 2; }
extend M { optional int32 a_b = 1 [json_name = "aB"]; optional int32 c = 2 [json_name = "d"]; }`),
    says: ["a.proto:3:77 An extension has no json_name; remove it. (json-name)"],
  },
  {
    title: "reserved texts that are no names",
    proto: proto3(`message M { reserved "", "a", " b", "1c"; }
enum E { A = 0; reserved "a-b"; }`),
    says: [
      'a.proto:2:22 "" cannot be a name, so there is nothing to reserve; remove it. (reserved-name)',
      'a.proto:2:31 " b" cannot be a name, so there is nothing to reserve; remove it. (reserved-name)',
      'a.proto:2:37 "1c" cannot be a name, so there is nothing to reserve; remove it. (reserved-name)',
      'a.proto:3:26 "a-b" cannot be a name, so there is nothing to reserve; remove it. (reserved-name)',
    ],
  },
  {
    title: "allow_alias that is false",
    proto: proto3(`enum E { option allow_alias = false; A = 0; }`),
    says: ["a.proto:2:17 allow_alias is false by itself; remove the option. (duplicate-number)"],
  },
  {
    title: "a group in a message set",
    proto: proto2(`message M { option message_set_wire_format = true; extensions 4 to max; }
extend M { optional group A = 4 { } }`),
    says: ["a.proto:3:27 Extensions of a message set are optional messages; put it into one. (message-set)"],
  },
  {
    title: "a map's hidden message as a type",
    proto: proto3(`message AEntry { message X { } }
message A {
  map<int32, AEntry> a = 1;
  AEntry b = 2;
  AEntry.X c = 3;
  .AEntry d = 4;
}
message B { A.AEntry a = 1; }`),
    says: [
      'a.proto:4:14 "A.AEntry" is the hidden message of the map "a"; rename one, or begin the name with a dot. (map-entry-conflict)',
      'a.proto:5:3 "A.AEntry" is the hidden message of the map "a"; rename one, or begin the name with a dot. (map-entry-conflict)',
      'a.proto:6:3 "AEntry.X" is looked up in a nearer scope first, and is not there; write ".AEntry.X". (unresolved-type)',
      'a.proto:9:13 "A.AEntry" is the hidden message of the map "a"; rename one, or begin the name with a dot. (map-entry-conflict)',
    ],
  },
  {
    title: "nested types that a STRICT file exports",
    proto: `edition = "2024";
option features.default_symbol_visibility = STRICT;
message A { export message B { } export enum C { D = 0; } }
message E { export enum F { G = 0; } reserved 1 to max; }
export message H { export enum I { J = 0; } reserved 1 to max; }
`,
    says: [
      'a.proto:3:28 "B" is nested, and STRICT files export top-level types only; move it out. (strict-visibility)',
      'a.proto:3:46 "C" is nested, and STRICT files export top-level types only; move it out, or write "reserved 1 to max;" in a message that is local. (strict-visibility)',
      'a.proto:5:32 "I" is nested, and STRICT files export top-level types only; move it out, or write "reserved 1 to max;" in a message that is local. (strict-visibility)',
    ],
  },
  {
    title: "names that clash with accessors",
    proto: `edition = "2024";
option features.enforce_naming_style = STYLE2026;
message M {
  extensions 9 to 10;
  int32 has_a = 1;
  int32 a = 2;
  int32 has_b = 3;
  int32 a_value = 4;
  oneof clear_a { int32 c = 5; }
  int32 get_a = 6 [features.enforce_naming_style = STYLE2024];
}
extend M { int32 descriptor = 9; int32 has_d = 10; }
`,
    says: [
      'a.proto:5:9 "has_a" is also an accessor of "a" in some languages; rename it, or set features.enforce_naming_style = STYLE2024. (naming-style)',
      'a.proto:8:9 "a_value" is also an accessor of "a" in some languages; rename it, or set features.enforce_naming_style = STYLE2024. (naming-style)',
      'a.proto:9:9 "clear_a" is also an accessor of "a" in some languages; rename it, or set features.enforce_naming_style = STYLE2024. (naming-style)',
      'a.proto:12:18 "descriptor" is also a method of generated code in some languages; rename it, or set features.enforce_naming_style = STYLE2024. (naming-style)',
    ],
  },
  {
    title: "lite files",
    proto: {
      "a.proto": proto2(`import "b.proto";
import "google/protobuf/descriptor.proto";
option optimize_for = LITE_RUNTIME;
option java_generic_services = true;
extend google.protobuf.FileOptions { optional int32 a = 50000; }
extend Lite { optional int32 b = 1; }
service S { }`),
      "b.proto": proto2(`option optimize_for = LITE_RUNTIME;
message Lite { extensions 1; }`),
    },
    says: [
      'a.proto:6:53 A file with optimize_for = LITE_RUNTIME cannot extend "google.protobuf.FileOptions", whose file has not. (lite-runtime)',
      "a.proto:8:9 With optimize_for = LITE_RUNTIME there are no services unless java_generic_services is false. (lite-runtime)",
    ],
  },
  {
    title: "a lite file that another one imports",
    proto: {
      "a.proto": proto2(`import "b.proto";`),
      "b.proto": proto2(`option optimize_for = LITE_RUNTIME;`),
    },
    says: [
      'a.proto:2:8 "b.proto" has optimize_for = LITE_RUNTIME, so its importers must have it, too. (lite-runtime)',
    ],
  },
  {
    title: "declarations that say half, or twice the same",
    proto: proto2(`message M {
  extensions 1 to 9 [
    declaration = { number: 1 full_name: ".a" reserved: true },
    declaration = { number: 2 full_name: ".b" type: "int32" },
    declaration = { number: 2 full_name: ".c" type: "int32" },
    declaration = { number: 3 full_name: ".b" type: "int32" }
  ];
  extensions 10 [declaration = { number: 10 full_name: ".c" type: "int32" }];
}`),
    says: [
      "a.proto:4:5 A declaration needs full_name and type, or reserved alone. (extension-declaration)",
      "a.proto:6:5 Number 2 is declared twice; remove one. (extension-declaration)",
      'a.proto:7:5 ".b" is declared twice; remove one. (extension-declaration)',
      'a.proto:9:18 ".c" is declared twice; remove one. (extension-declaration)',
    ],
  },
  {
    title: "ranges that begin or end with numbers of Protocol Buffers itself",
    proto: proto2(`message M { extensions 100 to 19000; extensions 20000 to max; reserved 19999 to 19999; }
message N { extensions 100 to 20000; reserved 18999, 20001; }`),
    says: [
      "a.proto:2:24 A range cannot begin or end within 19000 to 19999, which belong to Protocol Buffers itself. (range-limits)",
      "a.proto:2:72 A range cannot begin or end within 19000 to 19999, which belong to Protocol Buffers itself. (range-limits)",
      "a.proto:3:47 18999 overlaps with 100 to 20000; remove the overlap. (range-overlap)",
    ],
  },
];

export const editionCases: readonly SchemaCase[] = [
  {
    title: "features of C++, Java and Go, whose files come with the tool",
    proto: `edition = "2024";
import option "google/protobuf/cpp_features.proto";
import option "google/protobuf/go_features.proto";
import option "google/protobuf/java_features.proto";
option features.(pb.cpp).string_type = STRING;
option features.(pb.go).api_level = API_OPEN;
option features.(pb.java) = { large_enum: true };
message M {
  option features.(pb.java).nest_in_file_class = YES;
  string a = 1 [features.(pb.cpp).string_type = VIEW];
}
enum E {
  option features.(pb.go).strip_enum_prefix = STRIP_ENUM_PREFIX_STRIP;
  A = 0;
}
`,
    says: [],
  },
  {
    title: "features of languages where they are not known",
    proto: edition(`import "google/protobuf/cpp_features.proto";
import "google/protobuf/java_features.proto";
option features.(pb.cpp).enum_name_uses_string_view = true;
message M {
  option features.(pb.java).nest_in_file_class = YES;
  option features.(pb.cpp).string_type = VIEW;
}`),
    says: [
      'a.proto:4:55 "enum_name_uses_string_view" needs edition = "2024"; remove it. (edition-feature)',
      'a.proto:6:50 "nest_in_file_class" needs edition = "2024"; remove it. (edition-feature)',
      'a.proto:7:28 "string_type" is for files and fields, not for messages; remove it here. (option-target)',
    ],
  },
  {
    title: "what an edition has taken away of Java",
    proto: `edition = "2024";
import option "google/protobuf/java_features.proto";
option features.(pb.java).use_old_outer_classname_default = true;
message M { option features.(pb.java).nest_in_file_class = LEGACY; }
`,
    says: [
      'a.proto:3:61 There is no "use_old_outer_classname_default" since edition 2024; remove it. (edition-feature)',
      'a.proto:4:60 There is no "LEGACY" since edition 2024; remove it. (edition-feature)',
    ],
  },
  {
    title: "support of options in editions that is in order",
    proto: `edition = "2024";
import "google/protobuf/descriptor.proto";
enum E {
  UNKNOWN = 0;
  VALUE = 1 [feature_support = { edition_introduced: EDITION_2024 edition_deprecated: EDITION_99997_TEST_ONLY deprecation_warning: "w" }];
}
extend google.protobuf.FieldOptions {
  E e = 50000 [feature_support = { edition_introduced: EDITION_2023 edition_removed: EDITION_99998_TEST_ONLY removal_error: "gone" }];
}
`,
    says: [],
  },
  {
    title: "support of options in editions that is out of order",
    proto: proto2(`message M {
  optional bool a = 1 [feature_support = { edition_deprecated: EDITION_2023 }];
  optional bool b = 2 [feature_support.deprecation_warning = "w"];
  optional bool c = 3 [feature_support = { edition_introduced: EDITION_2024 edition_deprecated: EDITION_2023 deprecation_warning: "w" }];
  optional bool d = 4 [feature_support = { edition_deprecated: EDITION_2024 deprecation_warning: "w" edition_removed: EDITION_2024 removal_error: "e" }];
  optional bool e = 5 [feature_support = { edition_introduced: EDITION_2024 edition_removed: EDITION_2023 removal_error: "e" }];
  optional bool f = 6 [feature_support = { edition_removed: EDITION_2023 }];
  optional bool g = 7 [feature_support = { removal_error: "e" }];
}
enum E { A = 0; B = 1 [feature_support.edition_deprecated = EDITION_2023]; }`),
    says: [
      'a.proto:3:24 "a" is deprecated without a deprecation_warning; write one. (feature-support)',
      'a.proto:4:24 "b" has a deprecation_warning and no edition_deprecated; write both, or none. (feature-support)',
      'a.proto:5:24 "c" is deprecated before it is introduced; put the editions in order. (feature-support)',
      'a.proto:6:24 "d" is deprecated after it is removed; put the editions in order. (feature-support)',
      'a.proto:7:24 "e" is removed before it is introduced; put the editions in order. (feature-support)',
      'a.proto:8:24 "f" is removed without a removal_error; write one. (feature-support)',
      'a.proto:9:24 "g" has a removal_error and no edition_removed; write both, or none. (feature-support)',
      'a.proto:11:24 "B" is deprecated without a deprecation_warning; write one. (feature-support)',
    ],
  },
  {
    title: "values of options that live longer than these",
    proto: proto2(`enum E { A = 0; B = 1 [feature_support.edition_introduced = EDITION_2023]; }
enum F { C = 0; D = 1 [feature_support = { edition_deprecated: EDITION_99997_TEST_ONLY deprecation_warning: "w" }]; }
enum G { H = 0; I = 1 [feature_support = { edition_removed: EDITION_99997_TEST_ONLY removal_error: "e" }]; }
enum J { K = 0; L = 1 [feature_support = { edition_deprecated: EDITION_2023 deprecation_warning: "w" }]; }
message M {
  optional E e = 1 [feature_support.edition_introduced = EDITION_2024];
  optional F f = 2 [feature_support = { edition_deprecated: EDITION_2024 deprecation_warning: "w" }];
  optional G g = 3 [feature_support = { edition_removed: EDITION_2024 removal_error: "e" }];
  optional J j = 4 [feature_support.edition_introduced = EDITION_2024];
  optional J k = 5;
}`),
    says: [
      'a.proto:7:21 "B" is introduced before "e", which it is for; put the editions in order. (feature-support)',
      'a.proto:8:21 "D" is deprecated after "f", which it is for; put the editions in order. (feature-support)',
      'a.proto:9:21 "I" is removed after "g", which it is for; put the editions in order. (feature-support)',
      'a.proto:10:21 "L" is deprecated before it is introduced; put the editions in order. (feature-support)',
    ],
  },
  {
    title: "options that an edition does not know yet, or no more",
    proto: {
      "a.proto": edition(`import "b.proto";
option (new) = true;
option (old) = true;
option (now) = true;
option (choice) = LATER;`),
      "b.proto": proto2(`import "google/protobuf/descriptor.proto";
enum Choice { NOW = 0; LATER = 1 [feature_support.edition_introduced = EDITION_2024]; }
extend google.protobuf.FileOptions {
  optional bool new = 50000 [feature_support.edition_introduced = EDITION_2024];
  optional bool old = 50001 [feature_support = { edition_introduced: EDITION_PROTO2 edition_removed: EDITION_2023 removal_error: "gone" }];
  optional bool now = 50002 [feature_support.edition_introduced = EDITION_2023];
  optional Choice choice = 50003;
}`),
    },
    says: [
      'a.proto:3:16 "new" needs edition = "2024"; remove it. (edition-feature)',
      'a.proto:4:16 There is no "old" since edition 2023; remove it. (edition-feature)',
      'a.proto:6:19 "LATER" needs edition = "2024"; remove it. (edition-feature)',
    ],
  },
];

export const slipCases: readonly SchemaCase[] = [
  {
    title: "no semicolon behind the syntax",
    proto: `syntax = "proto3"
message M { int32 a = 1; }
`,
    says: ['a.proto:1:18 Expected ";" after the syntax, found "message". (syntax)'],
  },
  {
    title: "a syntax without quotes",
    proto: `syntax = proto3;
message M { int32 a = 1; }
`,
    says: ['a.proto:1:10 Expected "proto3" in quotes, found "proto3". (syntax)'],
  },
  {
    title: "quotes of a word processor",
    proto: `syntax = “proto3”;
message M { int32 a = 1; }
`,
    says: ['a.proto:1:10 Texts stand in ", not in “. (syntax)'],
  },
  {
    title: "no line that tells the syntax",
    proto: `message M {
  int32 a = 1;
  string b = 2;
}
`,
    says: [
      'a.proto:1:1 This file does not say its syntax, so it is proto2, where fields have labels; write syntax = "proto3"; first. (syntax)',
    ],
  },
  {
    title: "marks of a merge conflict",
    proto: proto3(`message M {
<<<<<<< HEAD
  int32 a = 1;`),
    says: [
      'a.proto:2:11 This "{" is never closed; add "}". (syntax)',
      "a.proto:3:1 This is the mark of a merge conflict; choose a side and remove it. (syntax)",
    ],
  },
  {
    title: "====",
    proto: `  int32 a = 2;
>>>>>>> branch
}
`,
    says: [
      'a.proto:1:3 Expected "message", "enum", "service", "import", "option" or "extend", found "int32". (syntax)',
      "a.proto:2:1 This is the mark of a merge conflict; choose a side and remove it. (syntax)",
      'a.proto:3:1 This "}" closes nothing; remove it. (syntax)',
    ],
  },
  {
    title: "a name with letters of another alphabet",
    proto: proto3(`message Größe {
  int32 a = 1;
}`),
    says: ['a.proto:2:11 Names have the letters A to Z, digits and "_" only; "ö" is none of them. (syntax)'],
  },
  {
    title: "names with a minus",
    proto: proto3(`message my-message {
  int32 a-b = 1;
}`),
    says: ['a.proto:2:9 A name has no "-"; write "my_message". (syntax)'],
  },
  {
    title: "a comment that begins with #",
    proto: proto3(`# hello
message M { int32 a = 1; }`),
    says: ['a.proto:2:1 A comment begins with "//", not with "#". (syntax)'],
  },
  {
    title: "keywords of other languages",
    proto: proto3(`class M {
  int32 a = 1;
}
interface X { }`),
    says: [
      'a.proto:2:1 "class" begins no statement; did you mean "message"? (syntax)',
      'a.proto:5:1 "interface" begins no statement; did you mean "service"? (syntax)',
    ],
  },
  {
    title: "lists as other languages write them",
    proto: proto3(`message M {
  string[] a = 1;
  string b[] = 2;
  list<string> c = 3;
  repeated<string> d = 4;
}`),
    says: [
      'a.proto:3:3 A list is written "repeated string name = number;". (syntax)',
      'a.proto:4:11 Expected "=" and a number after "b", found "[". (syntax)',
      'a.proto:5:3 There is no "list<>"; write "repeated Type name = number;". (syntax)',
      'a.proto:6:11 Expected a field\'s type, found "<". (syntax)',
    ],
  },
  {
    title: "fields as TypeScript writes them",
    proto: proto3(`message M {
  a: string;
  b?: number;
}`),
    says: [
      'a.proto:3:3 A field is written "type a = number;". (syntax)',
      'a.proto:4:3 A field is written "type b = number;". (syntax)',
      'a.proto:4:4 "?" has no meaning in a .proto file; remove it. (syntax)',
    ],
  },
  {
    title: "a label behind the type",
    proto: proto3(`message M {
  string repeated a = 1;
}`),
    says: ['a.proto:3:10 Labels stand in front; write "repeated string name = number;". (syntax)'],
  },
  {
    title: "stream in the wrong place",
    proto: proto3(`message M {}
service S {
  rpc A(M) stream returns (M);
  rpc B(M) returns stream (M);
  stream rpc C(M) returns (M);
}`),
    says: [
      'a.proto:4:12 A stream is told inside of the parentheses; write "(stream Type)". (syntax)',
      'a.proto:5:20 A stream is told inside of the parentheses; write "(stream Type)". (syntax)',
      'a.proto:6:3 A stream is told inside of the parentheses; write "(stream Type)". (syntax)',
    ],
  },
  {
    title: "an rpc with two requests",
    proto: proto3(`message M {}
service S {
  rpc A(M, M) returns (M);
}`),
    says: ["a.proto:4:10 An rpc takes and returns one message; put all into one. (syntax)"],
  },
  {
    title: "rpcs without parentheses or messages",
    proto: proto3(`message M {}
service S {
  rpc A(M) returns M;
  rpc B M returns (M);
  rpc C() returns ();
}`),
    says: [
      'a.proto:4:20 Expected "(" after "returns", found "M". (syntax)',
      'a.proto:5:9 Expected "(" after the rpc\'s name, found "M". (syntax)',
      'a.proto:6:9 An rpc takes and returns one message; for none import "google/protobuf/empty.proto" and write google.protobuf.Empty. (syntax)',
    ],
  },
  {
    title: "types inside of a service",
    proto: proto3(`service S {
  message M {}
  enum E { A = 0; }
}`),
    says: [
      "a.proto:3:3 A type cannot stand inside a service; move it to the top level. (syntax)",
      "a.proto:4:3 A type cannot stand inside a service; move it to the top level. (syntax)",
    ],
  },
  {
    title: "an option whose text has no quotes",
    proto: proto3(`option go_package = github.com/x/y;
message M { int32 a = 1; }`),
    says: ["a.proto:2:21 A text stands in quotes; add them. (syntax)"],
  },
  {
    title: "a string that is not closed",
    proto: proto3(`import "google/protobuf/empty.proto;
message M { int32 a = 1; }`),
    says: ['a.proto:2:8 This string never ends; add " before the end of the line. (syntax)'],
  },
  {
    title: "an http rule without its import",
    proto: proto3(`message M { string id = 1; }
service S {
  rpc A(M) returns (M) {
    option (google.api.http) = { get: "/v1/{id}" };
  }
}`),
    says: [
      'a.proto:5:12 There is no option "(google.api.http)"; add import "google/api/annotations.proto" to this file. (unknown-option)',
    ],
  },
  {
    title: "an import of ours that is misspelt",
    proto: proto3(`import "google/protobuf/timestmp.proto";
message M { google.protobuf.Timestamp t = 1; }`),
    says: [
      'a.proto:2:8 There is no file "google/protobuf/timestmp.proto" below .; did you mean "google/protobuf/timestamp.proto"? (unresolved-import)',
    ],
  },
  {
    title: "maps that are none",
    proto: proto3(`message Foo {}
message M {
  map<Foo, string> a = 1;
  map<string> b = 2;
  Map<string, string> c = 3;
}`),
    says: [
      'a.proto:4:7 "Foo" cannot be the key of a map; use a string, bool or integer type. (map-key)',
      'a.proto:5:13 Expected "," after the type of the map\'s keys, found ">". (syntax)',
      'a.proto:6:3 There is no "Map<>"; write "map<key, value> name = number;". (syntax)',
    ],
  },
  {
    title: "a syntax behind the package",
    proto: `package a;
syntax = "proto3";
message M { int32 a = 1; }
`,
    says: ['a.proto:2:1 "syntax" must be the first statement of the file; move it up. (syntax)'],
  },
];
