import type { SecretsManagerClient, ServiceInputTypes } from "@aws-sdk/client-secrets-manager";
import * as sdk from "@aws-sdk/client-secrets-manager";
import { type AwsRequest, type AwsService, AwsServiceError } from "../../infra/local/gateway/aws-request.ts";
import { answer as answerOf, type GatewayOptions } from "../../infra/local/gateway/gateway.ts";

/** As far as the SDK's own request says it. */
interface SdkRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

/**
 * Hands the SDK's requests, written and signed as ever, to the local services without a socket: half of what a call costs
 * in tests that make some hundred thousand of them. That the gateway answers the same over HTTP its own tests show.
 */
export function inProcess(options: GatewayOptions) {
  return {
    async handle({ method, path, headers, body = "" }: SdkRequest) {
      const lowerCase = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
      const request = { method, path, headers: lowerCase, body: bufferOf(body) };
      const answer = await answerOf(request, options);
      if (answer === "cut") throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
      const { status: statusCode, ...answered } = answer;
      const response = { statusCode, headers: { ...answered.headers }, body: bufferOf(answered.body) };
      return { response };
    },
    destroy() {},
  };
}

function bufferOf(body: string | Uint8Array): Buffer {
  return typeof body === "string" ? Buffer.from(body) : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
}

/**
 * The client with its commands handed to the local Secrets Manager as they are, neither written nor signed: a quarter of
 * what a call costs, for a matrix of ten thousands of cases.
 */
export function withoutWire(client: SecretsManagerClient, service: AwsService): SecretsManagerClient {
  const send = async (command: { input: ServiceInputTypes; constructor: { name: string } }) => {
    const operation = command.constructor.name.replace(/Command$/, "");
    try {
      const { body } = await service({ operation, input: { ...command.input } } as unknown as AwsRequest);
      const output: unknown = JSON.parse(String(body), (name, value) =>
        name.endsWith("Date") && typeof value === "number" ? new Date(value * 1000) : value,
      );
      return output;
    } catch (error) {
      if (!(error instanceof AwsServiceError)) throw error;
      const { code: name, message, status } = error;
      const $fault = status < 500 ? "client" : "server";
      const properties = { name, message, $fault, $metadata: { httpStatusCode: status } } as const;
      const classes = sdk as unknown as Readonly<Record<string, typeof sdk.SecretsManagerServiceException>>;
      throw new (classes[name] ?? sdk.SecretsManagerServiceException)(properties);
    }
  };
  return Object.assign(Object.create(client) as SecretsManagerClient, { send });
}
