/** Text made safe for HTML: `<img>` -> `&lt;img&gt;`. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}

/** Where the style sheet is: no service can have this name, an alias has no underscore. */
export const STYLE_PATH = "/_micro/style.css";

/** One web service as the index shows it. */
export interface WebServiceSummary {
  /** `greeter`: its place under `/`. */
  readonly alias: string;
  /** `go.micro.web.greeter`. */
  readonly name: string;
  readonly versions: readonly string[];
  readonly nodes: number;
}

export interface IndexPage {
  readonly namespace: string;
  /** `mdns (127.0.0.1)`. */
  readonly registry: string;
  readonly services: readonly WebServiceSummary[];
}

/** The page at `/`: every web service of the namespace, or how to get the first one. */
export function indexPage({ namespace, registry, services }: IndexPage): string {
  const count = services.length === 0 ? "none yet" : `${services.length} running`;
  const body =
    services.length === 0
      ? `<section class="panel">
  <h2>No web service is running</h2>
  <p>Start one whose name begins with <code>${escapeHtml(namespace)}.</code> and reload this page.</p>
  <pre><code>create-micro-service hello --type web --namespace ${escapeHtml(namespace)}
cd hello &amp;&amp; npm run build &amp;&amp; npm start</code></pre>
  <p class="soft">Looked in the registry ${escapeHtml(registry)}. Names begin with another namespace? <code>micro web --namespace com.example.web</code></p>
</section>`
      : `<ul>\n${services.map(card).join("\n")}\n</ul>`;
  return page(
    "Web services",
    `<header><h1>Web services</h1><p>${count} in <code>${escapeHtml(namespace)}</code></p></header>
${body}
<footer>micro web &middot; registry ${escapeHtml(registry)} &middot; <a href="/?format=json">JSON</a></footer>`,
  );
}

/** A page that says what went wrong and what to do. */
export function errorPage(code: number, status: string, detail: string): string {
  return page(
    `${code} ${status}`,
    `<header><h1>${code}</h1><p>${escapeHtml(status)}</p></header>
<section class="panel"><p>${escapeHtml(detail)}</p><p><a href="/">All web services</a></p></section>`,
  );
}

function card({ alias, name, versions, nodes }: WebServiceSummary): string {
  const hue = [...alias].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 6;
  const running = nodes === 1 ? "1 node" : `${nodes} nodes`;
  const version = versions.length === 0 ? "" : ` &middot; ${escapeHtml(versions.join(", "))}`;
  return `<li><a href="/${encodeURIComponent(alias)}/">
  <span class="mark h${hue}" aria-hidden="true">${escapeHtml(alias.slice(0, 1).toUpperCase())}</span>
  <h2>${escapeHtml(alias)}</h2>
  <code class="soft">${escapeHtml(name)}</code>
  <span class="soft live">${running}${version}</span>
</a></li>`;
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<link rel="stylesheet" href="${STYLE_PATH}">
</head>
<body><main>
${body}
</main></body>
</html>
`;
}
