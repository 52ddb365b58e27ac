import * as z from "zod";

/** How a service writes requests and errors. */
export type Protocol = "json" | "query" | "rest-json";

/** One AWS API call as it came over HTTP. */
export interface AwsRequest {
  /** As in the signature's scope: `sqs`, `dynamodb`, `monitoring`, ... */
  service: string;
  region: string;
  accessKeyId: string;
  protocol: Protocol;
  /** `SendMessage`, `GetSecretValue`, ... */
  operation: string;
  input: Readonly<Record<string, unknown>>;
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

/** What a service answers. */
export interface AwsResponse {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string | Buffer;
}

/** A local stand-in for one AWS service. */
export type AwsService = (request: AwsRequest) => Promise<AwsResponse> | AwsResponse;

/** An error that an AWS service answers with. */
export class AwsServiceError extends Error {
  override readonly name = "AwsServiceError";
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

const inputSchema = z.record(z.string(), z.unknown());
const scopePattern = /Credential=([^/,\s]+)\/\d{8}\/([^/]+)\/([^/]+)\/aws4_request/;

/**
 * Reads service, region and caller from the Signature Version 4 scope. The signature itself is not checked:
 * everything here is on loopback and the keys are made up.
 *
 * @throws {AwsServiceError} `MissingAuthenticationToken` for a request that is not signed
 */
export function parseAwsRequest(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): AwsRequest {
  const [, accessKeyId, region, service] = scopePattern.exec(headers.authorization ?? "") ?? [];
  if (!accessKeyId || !region || !service) {
    throw new AwsServiceError("MissingAuthenticationToken", "The request carries no AWS signature.", 403);
  }
  const base = { service, region, accessKeyId, method, path, headers, body };
  const target = headers["x-amz-target"];
  if (target) {
    const input = inputSchema.parse(JSON.parse(body.toString() || "{}"));
    return { ...base, protocol: "json", operation: target.slice(target.lastIndexOf(".") + 1), input };
  }
  if ((headers["content-type"] ?? "").includes("x-www-form-urlencoded")) {
    const input = Object.fromEntries(new URLSearchParams(body.toString()));
    return { ...base, protocol: "query", operation: input.Action ?? "", input };
  }
  return { ...base, protocol: "rest-json", operation: `${method} ${path}`, input: {} };
}
