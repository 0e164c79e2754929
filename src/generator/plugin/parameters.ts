import type { EmitOptions } from "../emit/index.ts";

/** A parameter nobody knows, or with a value it cannot have. */
export class ParameterError extends Error {}

/**
 * Reads what is behind `--micro-ts_opt=`: `import_extension=js`.
 *
 * @throws ParameterError
 */
export function parseParameters(text: string): EmitOptions {
  let options: EmitOptions = {};
  for (const part of text.split(",").map((one) => one.trim())) {
    if (part === "") continue;
    const [name, value] = part.split("=", 2);
    if (name !== "import_extension") {
      throw new ParameterError(
        `There is no parameter ${JSON.stringify(name)}; import_extension=ts and import_extension=js are known.`,
      );
    }
    if (value !== "ts" && value !== "js")
      throw new ParameterError(`import_extension is ts or js, not ${JSON.stringify(value ?? "")}.`);
    options = { importExtension: value };
  }
  return options;
}
