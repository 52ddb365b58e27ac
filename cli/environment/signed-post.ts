import type { SQSClient } from "@aws-sdk/client-sqs";
import { type SignedRequest, signedFetch } from "../../shared/runtime/signed-fetch.ts";

/** What is posted to an AWS service of which one operation is asked: not worth an SDK client of its own. */
export interface SignedPost extends Pick<SignedRequest, "body" | "endpoint"> {
  contentType: string;
  /** `X-Amz-Target` of the services that speak JSON. */
  target?: string;
}

/**
 * A signed POST to an AWS service of the client's region.
 *
 * @param client whose region, credentials and hash are used
 */
export async function signedPost(
  client: SQSClient,
  service: SignedRequest["service"],
  { contentType, target, ...request }: SignedPost,
): Promise<{ status: number; text: string }> {
  const headers = { "content-type": contentType, ...(target !== undefined && { "x-amz-target": target }) };
  return signedFetch(client, { ...request, service, headers, answerMs: 15_000 });
}
