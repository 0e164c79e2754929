/** A comment, a string, or any other single character: enough of the language to find import lines. */
const TOKEN = /\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[\s\S]/g;

/**
 * The paths a .proto imports, in order, without reading its meaning: `import public "a/b.proto";` -> `a/b.proto`. Text
 * that is no proto gives what can be found; the schema loader is the one to complain.
 */
export function protoImports(text: string): string[] {
  // Strings are replaced by their number, so that what looks like an import inside one is not taken for one.
  const strings: string[] = [];
  const bare = text.replace(TOKEN, (token) => {
    if (/^\/[/*]/.test(token)) return " ";
    if (token.length < 2) return token;
    strings.push(token.slice(1, -1));
    return `"${strings.length - 1}"`;
  });
  const found = bare.matchAll(/(?<=^|[;{}\s])import\s+(?:public\s+|weak\s+)?"(\d+)"\s*;/g);
  return [...found].map((match) => strings[Number(match[1])] as string);
}
