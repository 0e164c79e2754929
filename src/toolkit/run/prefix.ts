/** Bright enough on dark and light grounds; red is left to errors. */
const COLORS = [36, 35, 34, 32, 33, 96, 95, 94];

/** Writes lines with the name of who said them: `greeter-srv | listens on ...`. */
export type Speak = (line: string) => void;

/** One voice per name, names padded to the longest; coloured when `color`. */
export function createVoices(
  names: readonly string[],
  out: (text: string) => void,
  color: boolean,
): (name: string) => Speak {
  const width = Math.max(0, ...names.map((name) => name.length));
  return (name) => {
    const code = COLORS[Math.max(0, names.indexOf(name)) % COLORS.length];
    const label = `${name.padEnd(width)} |`;
    const prefix = color ? `\u001b[${code}m${label}\u001b[39m` : label;
    return (line) => out(`${prefix} ${line}\n`);
  };
}
