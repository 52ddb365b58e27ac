/** What a call to the outside was, of errors that their sender says nothing of it with. */
const calls = new WeakMap<object, string>();

/**
 * Keeps with an error of a client which call it was, and gives it on.
 *
 * @param call in words, without anything secret: `DynamoDB's GetItem of table X`
 * @throws the error
 */
export async function asCall<Result>(call: string, made: Promise<Result>): Promise<Result> {
  try {
    return await made;
  } catch (error) {
    if (typeof error === "object" && error !== null) calls.set(error, call);
    throw error;
  }
}

/** The call that failed with the error; `undefined` where nobody said it. */
export function failedCall(error: unknown): string | undefined {
  return typeof error === "object" && error !== null ? calls.get(error) : undefined;
}
