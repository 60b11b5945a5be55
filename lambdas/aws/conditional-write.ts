/**
 * The answer to a conditional write.
 * @returns undefined if the condition did not hold
 * @throws whatever else went wrong
 */
export async function unlessRefused<Answer>(write: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await write;
  } catch (error) {
    if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined;
    throw error;
  }
}
