/** Comparing costs the square of the length; nobody misspells longer names. */
const maxLength = 200;

/** Letters that may be wrong, missing or too many. */
const maxDistance = 8;

/** Pairs of letters that are compared for one suggestion. */
const maxCells = 2_000_000;

/**
 * The candidate most like a misspelt name, written as the user would: without the own package.
 * `HelloRequst` -> `HelloRequest`; undefined when nothing is near.
 */
export function suggest(
  name: string,
  candidates: Iterable<string>,
  ownPackage = "",
  words: Iterable<string> = [],
): string | undefined {
  const last = lastPart(name);
  if (name.length > maxLength) return undefined;
  // Of a name of one or two letters, only its case can be told to be wrong.
  const limit = last.length < 3 ? 0.6 : Math.min(maxDistance, Math.max(1, Math.floor(last.length / 3))) + 0.5;
  const distance = createDistance(limit);
  let best: { text: string; distance: number } | undefined;
  const offer = (text: string, found: number) => {
    if (best === undefined || found < best.distance || (found === best.distance && text < best.text)) {
      best = { text, distance: found };
    }
  };
  for (const candidate of candidates) {
    const short =
      ownPackage !== "" && candidate.startsWith(`${ownPackage}.`)
        ? candidate.slice(ownPackage.length + 1)
        : candidate;
    // The right name in the wrong place is nearer than any misspelling.
    offer(short, Math.min(distance(name, short), distance(last, lastPart(short)) + 0.5));
  }
  for (const word of words) offer(word, distance(name, word));
  return best !== undefined && best.distance <= limit ? best.text : undefined;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/**
 * Damerau-Levenshtein over lower case, infinite beyond `limit`; a change of case alone costs little. Who compares with all
 * the long names of a large schema is told nothing more after a while.
 */
function createDistance(limit: number): (left: string, right: string) => number {
  let cells = maxCells;
  return (left, right) => {
    if (cells < 0 || Math.abs(left.length - right.length) > limit || right.length > maxLength)
      return Number.POSITIVE_INFINITY;
    let a = left.toLowerCase();
    let b = right.toLowerCase();
    if (a === b) return left === right ? 0 : 0.1;
    let start = 0;
    while (start < a.length && a[start] === b[start]) start += 1;
    let end = 0;
    while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end += 1;
    cells -= start + end;
    a = a.slice(start, a.length - end);
    b = b.slice(start, b.length - end);
    let beforePrevious: number[] = [];
    let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
    for (let i = 1; i <= a.length; i++) {
      const current = [i];
      let least = i;
      for (let j = 1; j <= b.length; j++) {
        const cost = a[i - 1] === b[j - 1] ? 0 : 1;
        let value = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + cost);
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
          value = Math.min(value, beforePrevious[j - 2]! + 1);
        }
        current.push(value);
        least = Math.min(least, value);
      }
      cells -= b.length;
      if (least > limit || cells < 0) return Number.POSITIVE_INFINITY;
      beforePrevious = previous;
      previous = current;
    }
    return previous[b.length]!;
  };
}
