// Names come from requests as well as from people: comparing is bounded.
const MAX_NAME_LENGTH = 100;
const MAX_MATCHES = 3;

/**
 * The known names a mistyped one may have meant, best first, three at most: few edits away, or the same last words
 * (`greeter` -> `go.micro.srv.greeter`).
 */
export function nearMatches(name: string, known: Iterable<string>): string[] {
  if (name.length > MAX_NAME_LENGTH) return [];
  const limit = Math.max(1, Math.floor(name.length / 5));
  const scored: { candidate: string; score: number }[] = [];
  for (const candidate of new Set(known)) {
    if (candidate === name || candidate.length > MAX_NAME_LENGTH) continue;
    const score = relatedByEnd(name, candidate)
      ? 0.5
      : editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (score <= limit) scored.push({ candidate, score });
  }
  scored.sort((a, b) => a.score - b.score || (a.candidate < b.candidate ? -1 : 1));
  return scored.slice(0, MAX_MATCHES).map((match) => match.candidate);
}

function relatedByEnd(a: string, b: string): boolean {
  const last = a.slice(a.lastIndexOf(".") + 1);
  return last !== "" && (b === last || b.endsWith(`.${last}`) || a.endsWith(`.${b}`));
}

/** Levenshtein distance, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
