/**
 * Words of registries and services, for a terminal: control characters, line breaks and what turns text around become
 * `?`. Whoever may register a node or answer a call must not get to speak to it.
 */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, "?");
}
