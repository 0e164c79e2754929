import { EMIT_VALUES, type EmitOptions } from "../emit/index.ts";

/** A parameter nobody knows, or with a value it cannot have. */
export class ParameterError extends Error {}

const KNOWN = { import_extension: EMIT_VALUES.importExtension, int64: EMIT_VALUES.int64 } as const;

/**
 * Reads what is behind `--micro-ts_opt=`: `import_extension=js,int64=string`.
 *
 * @throws ParameterError
 */
export function parseParameters(text: string): EmitOptions {
  const options: { -readonly [Key in keyof EmitOptions]: EmitOptions[Key] } = {};
  for (const part of text.split(",").map((one) => one.trim())) {
    if (part === "") continue;
    const [name, ...values] = part.split("=");
    const value = values.length === 0 ? undefined : values.join("=");
    if (name === "import_extension") options.importExtension = oneOf(name, value);
    else if (name === "int64") options.int64 = oneOf(name, value);
    else {
      const known = Object.entries(KNOWN).flatMap(([key, values]) => values.map((one) => `${key}=${one}`));
      throw new ParameterError(
        `There is no parameter ${JSON.stringify(name)}; known are ${known.join(", ")}.`,
      );
    }
  }
  return options;
}

function oneOf<Name extends keyof typeof KNOWN>(
  name: Name,
  value: string | undefined,
): (typeof KNOWN)[Name][number] {
  const known = KNOWN[name].find((one) => one === value);
  if (known === undefined)
    throw new ParameterError(`${name} is ${KNOWN[name].join(" or ")}, not ${JSON.stringify(value ?? "")}.`);
  return known;
}
