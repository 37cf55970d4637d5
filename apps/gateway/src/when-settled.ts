/** Hands on what comes of an answer that is waited for; a fault of `tell` itself goes the same way as one of the answer. */
export async function whenSettled<T>(
  answer: Promise<T>,
  tell: (value: T) => void,
  fault: (error: unknown) => void,
): Promise<void> {
  try {
    tell(await answer);
  } catch (error) {
    fault(error);
  }
}
