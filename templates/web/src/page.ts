import type { JsonValue } from "@micro-service/runtime/protobuf";
import { description, fields, title } from "./form.ts";
import type { FormField } from "./form-data.ts";

export interface Page {
  /** Where relative links start, with a slash at the end. */
  readonly base: string;
  /** What was typed. */
  readonly values?: URLSearchParams;
  readonly result?: JsonValue;
  readonly error?: string;
}

/** The whole page. Everything that is not ours goes through `escapeHtml`. */
export function renderPage({ base, values = new URLSearchParams(), result, error }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<base href="${escapeHtml(base)}">
<link rel="stylesheet" href="app.css">
<link rel="icon" href="icon.svg" type="image/svg+xml">
<script src="app.js" type="module"></script>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="description">${escapeHtml(description)}</p>
<form method="post" action="">
${fields.map((field) => renderField(field, values)).join("\n")}
<button type="submit">Send</button>
</form>
<output aria-live="polite">${renderAnswer(result, error)}</output>
</main>
</body>
</html>
`;
}

function renderField(field: FormField, values: URLSearchParams): string {
  const name = `name="${escapeHtml(field.name)}"`;
  const value = values.get(field.name) ?? "";
  const hint = field.hint === undefined ? "" : `<small>${escapeHtml(field.hint)}</small>`;
  const label = `<span>${escapeHtml(field.label)}</span>`;
  if (field.kind === "checkbox") {
    return `<label class="inline"><input type="checkbox" ${name}${value === "" ? "" : " checked"}>${label}${hint}</label>`;
  }
  return `<label>${label}${renderControl(field, name, value)}${hint}</label>`;
}

function renderControl({ kind, options = [] }: FormField, name: string, value: string): string {
  switch (kind) {
    case "select": {
      const choices = ["", ...options].map(
        (option) =>
          `<option${option === value ? " selected" : ""} value="${escapeHtml(option)}">${escapeHtml(option || "–")}</option>`,
      );
      return `<select ${name}>${choices.join("")}</select>`;
    }
    case "json":
      return `<textarea ${name} data-json rows="3" spellcheck="false" placeholder="JSON">${escapeHtml(value)}</textarea>`;
    case "number":
      return `<input ${name} inputmode="decimal" value="${escapeHtml(value)}">`;
    default:
      return `<input ${name} autocomplete="off" value="${escapeHtml(value)}">`;
  }
}

function renderAnswer(result: JsonValue | undefined, error: string | undefined): string {
  if (error !== undefined) return `<p class="error">${escapeHtml(error)}</p>`;
  if (result === undefined) return "";
  return `${renderHeadline(result)}<pre>${escapeHtml(JSON.stringify(result, undefined, 2))}</pre>`;
}

/** An answer that is one text is shown as text. */
function renderHeadline(result: JsonValue): string {
  const values = typeof result === "object" && result !== null ? Object.values(result) : [result];
  const [only] = values;
  return values.length === 1 && typeof only === "string" ? `<p class="headline">${escapeHtml(only)}</p>` : "";
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
