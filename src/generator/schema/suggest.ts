/** Comparing costs the square of the length; nobody misspells longer names. */
const maxLength = 200;

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
  let best: { text: string; distance: number } | undefined;
  const offer = (text: string, distance: number) => {
    if (best === undefined || distance < best.distance || (distance === best.distance && text < best.text)) {
      best = { text, distance };
    }
  };
  for (const candidate of candidates) {
    const short =
      ownPackage !== "" && candidate.startsWith(`${ownPackage}.`)
        ? candidate.slice(ownPackage.length + 1)
        : candidate;
    // The right name in the wrong place is nearer than any misspelling.
    const distance = Math.min(editDistance(name, short), editDistance(last, lastPart(short)) + 0.5);
    offer(short, distance);
  }
  for (const word of words) offer(word, editDistance(name, word));
  // Of a name of one or two letters, only its case can be told to be wrong.
  const limit = last.length < 3 ? 0.6 : Math.max(1, Math.floor(last.length / 3)) + 0.5;
  return best !== undefined && best.distance <= limit ? best.text : undefined;
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** Damerau-Levenshtein over lower case, a change of case alone costs little. */
function editDistance(left: string, right: string): number {
  const a = left.toLowerCase();
  const b = right.toLowerCase();
  if (Math.abs(a.length - b.length) > 8 || b.length > maxLength) return Number.POSITIVE_INFINITY;
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(previous[j]! + 1, current[j - 1]! + 1, previous[j - 1]! + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, beforePrevious[j - 2]! + 1);
      }
      current.push(value);
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous[b.length]! + (a === b && left !== right ? 0.1 : 0);
}
