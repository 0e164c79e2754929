/** Words of JavaScript and TypeScript, globals, what every object inherits, and names that generated code uses itself. */
const WORDS = (
  "abstract any arguments as asserts async await bigint boolean break case catch class const constructor continue debugger declare " +
  "default delete do else enum eval export extends false finally for from function get global globalThis if implements import in infer " +
  "instanceof interface is keyof let module namespace never new null number object of out override package private protected public " +
  "readonly require return satisfies set static string super switch symbol then this throw true try type typeof undefined unique unknown " +
  "using var void while with yield NaN Infinity Object Array Promise Uint8Array Map Set Symbol String Number BigInt Date RangeError Record " +
  "Partial Readonly NonNullable AsyncIterable Buffer process MessageType MessageInit Extension ServiceType UnaryMethod Client Server Context " +
  "CallOptions Timestamp Any Struct EnumTable readString writeString cursor style options request requests service client server handler " +
  "b p e m i n v f1 at tag seen prev depth start value key list message encode decode create codec toJson typeName __proto__ toString valueOf"
).split(" ");

const kinds = [
  ["", ""],
  ["", "stream "],
  ["stream ", ""],
  ["stream ", "stream "],
] as const;
const types = ["string", "M", "int64", "bytes", "E"];
const typeOf = (index: number) => types[index % types.length] as string;
const each = (print: (word: string, index: number) => string) => WORDS.map(print).join("\n");
/** Fields may not differ in case only, where they are maps. */
const MEMBERS = WORDS.filter(
  (word, index) => WORDS.findIndex((other) => other.toLowerCase() === word.toLowerCase()) === index,
);
const eachMember = (print: (word: string, index: number) => string) => MEMBERS.map(print).join("\n");

/** Valid schemas in which every word is a name of every kind, by path; and one message larger than TypeScript can follow. */
export const nastySchemas: Readonly<Record<string, string>> = {
  "messages.proto": `syntax = "proto3"; package messages;
    ${each((word) => `message ${word} { .messages.${word} self = 1; enum E { Z = 0; } repeated E e = 2; message Inner { string s = 1; } Inner inner = 3; }`)}`,
  "enums.proto": `syntax = "proto3"; package enums;
    ${each((word, i) => `enum ${word} { V${i}_ZERO = 0; V${i}_${word} = 1; }`)}
    ${each((word, i) => `message U${i} { .enums.${word} one = 1; repeated .enums.${word} many = 2; map<string, .enums.${word}> by_name = 3; }`)}`,
  "fields.proto": `syntax = "proto3"; package fields; message M { int32 a = 1; } enum E { Z = 0; }
    message Plain { ${eachMember((word, i) => `${typeOf(i)} ${word} = ${i + 1};`)} }
    message Lists { ${eachMember((word, i) => `repeated ${typeOf(i + 1)} ${word} = ${i + 1};`)} }
    message Optional { ${eachMember((word, i) => `optional ${typeOf(i + 2)} ${word} = ${i + 1};`)} }
    message Maps { ${eachMember((word, i) => `map<string, ${typeOf(i + 3)}> ${word} = ${i + 1};`)} }
    message Choice { oneof choice { ${eachMember((word, i) => `${typeOf(i + 4)} ${word} = ${i + 1};`)} } }
    ${eachMember((word, i) => `message O${i} { oneof ${word} { string text_${i} = 1; M message_${i} = 2; } }`)}`,
  "extensions.proto": `syntax = "proto2"; package extensions; message M { extensions 1 to max; } enum E { Z = 0; }
    extend M { ${each((word, i) => `optional ${typeOf(i)} ${word} = ${i + 1};`)} }`,
  "services.proto": `syntax = "proto3"; package services; message M { }
    ${each((word, i) => `service ${word} { rpc ${word}(${kinds[i % 4]?.[0]}M) returns (${kinds[i % 4]?.[1]}M); }`)}`,
  "methods.proto": `syntax = "proto3"; package methods; import "messages.proto";
    service S { ${each((word, i) => `rpc ${word}(${kinds[i % 4]?.[0]}.messages.${word}) returns (${kinds[i % 4]?.[1]}.messages.${word});`)} }`,
  "large.proto": `syntax = "proto2"; package large; enum E { Z = 0; }
    message Large { ${Array.from({ length: 300 }, (_, i) => `repeated E f${i} = ${i + 1};`).join(" ")} }`,
};
