/** The same messages; `end` is called once, when the stream is over: read to its end, failed, or left early. */
export async function* watchStream(
  stream: AsyncIterable<unknown>,
  end: (error: unknown) => void,
): AsyncGenerator<unknown> {
  let failure: unknown;
  try {
    yield* stream;
  } catch (error) {
    failure = error;
    throw error;
  } finally {
    end(failure);
  }
}
