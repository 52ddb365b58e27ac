/**
 * What SQS is given beside the body of a message for the provisioning queue: the account's messages keep their order, and the
 * same event sent twice within five minutes is one. For the browser, too.
 */
export async function sqsAttributes({ source, id, accountId }: { source: string; id: string; accountId: string }) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${source}/${id}`));
  const hex = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { MessageGroupId: accountId, MessageDeduplicationId: hex };
}
