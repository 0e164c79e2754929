/**
 * Tells an iterator that nobody reads on. Not awaited: a generator that waits for something ends when that comes. It
 * may be anybody's, so its `return` may also throw or give no promise; that concerns nobody.
 * Resolves when it has ended.
 */
export function abandon(iterator: AsyncIterator<unknown> | undefined): Promise<unknown> {
  return (async () => iterator?.return?.())().catch(() => {});
}
