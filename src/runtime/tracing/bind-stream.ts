/**
 * The same messages. Every step of the stream runs inside `within`: the body of a generator runs in the context of whoever
 * asks for the next message, not of whoever made it. `end` is called once, when the stream is over.
 */
export async function* bindStream(
  stream: AsyncIterable<unknown>,
  within: <T>(step: () => T) => T,
  end: (error: unknown) => void,
): AsyncGenerator<unknown> {
  const iterator = within(() => stream[Symbol.asyncIterator]());
  let failure: unknown;
  let over = false;
  try {
    for (;;) {
      const step = await within(() => iterator.next());
      if (step.done === true) break;
      yield step.value;
    }
    over = true;
  } catch (error) {
    over = true;
    failure = error;
    throw error;
  } finally {
    // Left early by its reader.
    if (!over) await within(() => iterator.return?.());
    end(failure);
  }
}
