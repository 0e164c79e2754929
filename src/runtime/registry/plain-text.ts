const MAX_LENGTH = 1_024;
/** Control and formatting characters, and what ends a line: names go to terminals and logs. */
const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** True for what may be a name, an id or an address in a record of others: at most 1024 characters, all of them visible. */
export function isPlainText(text: string): boolean {
  return text.length <= MAX_LENGTH && !HIDDEN.test(text);
}
