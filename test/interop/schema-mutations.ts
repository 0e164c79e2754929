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
