import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import Handlebars from "handlebars";

/** A file of a template, rendered. */
export interface RenderedFile {
  /** Relative to the template's folder, as the user gets it: `.gitignore`, `src/main.ts`. */
  readonly path: string;
  readonly content: string;
}

/** Plain values a template may name; a name it does not find is an error. */
export interface TemplateValues {
  readonly [name: string]: string | number | boolean | readonly TemplateValues[];
}

/**
 * Renders every file of a folder below `templates/`. Files in `.hbs` go through handlebars, others are copied; a leading
 * `_` stands for a dot, because npm drops `.gitignore` from packages.
 */
export function renderTemplate(templates: string, name: string, values: TemplateValues): RenderedFile[] {
  const folder = join(templates, name);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
  return files.map((file) => {
    const text = readFileSync(join(folder, file), "utf8");
    return {
      path: file
        .split(sep)
        .map((part) => part.replace(/^_/, "."))
        .join("/")
        .replace(/\.hbs$/, ""),
      content: file.endsWith(".hbs") ? render(`${name}/${file}`, text, values) : text,
    };
  });
}

function render(file: string, text: string, values: TemplateValues): string {
  const template = Handlebars.compile(text, {
    noEscape: true, // what we write is not HTML; each value is escaped for its target where it is made
    strict: true,
    knownHelpersOnly: true,
    explicitPartialContext: true,
  });
  try {
    return template(values);
  } catch (error) {
    throw new Error(`The template ${file} does not fit: ${String(error)}`, { cause: error });
  }
}
