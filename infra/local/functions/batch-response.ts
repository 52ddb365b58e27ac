import * as z from "zod";

const responseSchema = z
  .object({ batchItemFailures: z.array(z.strictObject({ itemIdentifier: z.string().min(1) })).nullish() })
  .nullish();

/**
 * Message ids that stay in the queue after a function with `ReportBatchItemFailures` answered. Nothing in the
 * answer means success; an answer that Lambda cannot read, or that names a message which was not in the batch,
 * fails the whole batch. Source: AWS Lambda Developer Guide, "Implementing partial batch responses".
 */
export function failedItems(response: unknown, messageIds: readonly string[]): ReadonlySet<string> {
  const parsed = responseSchema.safeParse(response);
  const failures = parsed.data?.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier) ?? [];
  const isReadable = parsed.success && failures.every((id) => messageIds.includes(id));
  return new Set(isReadable ? failures : messageIds);
}
