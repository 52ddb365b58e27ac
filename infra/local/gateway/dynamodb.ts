import { once } from "node:events";
import { Agent, request as httpRequest } from "node:http";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { AwsResponse, AwsService } from "./aws-request.ts";

/** DynamoDB: dynalite in a worker thread, so that its load and its crashes are its own. */
export interface DynamoDb {
  service: AwsService;
  /** A call by the host itself. */
  call(operation: string, input: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

/** Where the table is in a folder of data. */
export const tableFolder = (dataFolder: string) => join(dataFolder, "table");

/** @param code of LevelDB: `LEVEL_LOCKED` where another process has it open */
function unavailable(folder: string | undefined, code: string): AutomationError {
  const because =
    code === "LEVEL_LOCKED"
      ? "another process uses it: end that first, or name another folder"
      : `it cannot be opened (${code})`;
  return new AutomationError(`The table's folder ${folder} is not available: ${because}.`, {
    code: "FOLDER_UNAVAILABLE",
  });
}

/**
 * Starts DynamoDB, in memory or in a folder of its own. Items past their TTL stay until {@link ExpiredItems} looks (AWS takes up to days
 * over it as well, so readers have to look at `expiresAt` themselves).
 *
 * @throws {AutomationError} `FOLDER_UNAVAILABLE` where another process has the folder, or it cannot be opened
 */
export async function startDynamoDb(region: string, folder?: string): Promise<DynamoDb> {
  const worker = new Worker(new URL("./dynamodb-worker.ts", import.meta.url), { execArgv: [], workerData: { folder } });
  const [port] = (await once(worker, "message")) as [number | { unavailable: string }];
  if (typeof port !== "number") throw unavailable(folder, port.unavailable);
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const authorization = `AWS4-HMAC-SHA256 Credential=LOCAL/20260101/${region}/dynamodb/aws4_request, SignedHeaders=host, Signature=0`;

  const send = (target: string, body: string | Buffer): Promise<AwsResponse> =>
    new Promise((resolve, reject) => {
      const headers = {
        authorization,
        "x-amz-date": "20260101T000000Z",
        "x-amz-target": target,
        "content-type": "application/x-amz-json-1.0",
        "content-length": Buffer.byteLength(body),
      };
      const outgoing = httpRequest(
        { agent, host: "127.0.0.1", port, method: "POST", path: "/", headers },
        (incoming) => {
          const chunks: Buffer[] = [];
          incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
          incoming.on("error", reject);
          incoming.on("end", () => {
            const checksum = incoming.headers["x-amz-crc32"];
            resolve({
              status: incoming.statusCode ?? 500,
              headers: {
                "content-type": incoming.headers["content-type"] ?? "application/x-amz-json-1.0",
                ...(typeof checksum === "string" && { "x-amz-crc32": checksum }),
              },
              body: Buffer.concat(chunks),
            });
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });

  return {
    service: ({ headers, body }) => send(headers["x-amz-target"] ?? "", body),
    async call(operation, input) {
      const { status, body } = await send(`DynamoDB_20120810.${operation}`, JSON.stringify(input));
      if (status !== 200) throw new Error(`DynamoDB ${operation} failed: ${body}`);
      return JSON.parse(String(body)) as Record<string, unknown>;
    },
    async close() {
      agent.destroy();
      await worker.terminate();
    },
  };
}
