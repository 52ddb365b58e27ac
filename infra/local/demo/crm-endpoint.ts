import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { forgetOldest } from "../../../shared/primitives/keep-latest.ts";
import { startLoopbackServer, urlOfTarget } from "../loopback-server.ts";

/** The CRM of the demonstration: a real HTTP endpoint that checks the credential it is sent. */
export interface CrmEndpoint {
  url: string;
  /** Host and port, as a probe's allow-list names it. */
  host: string;
  clientId: string;
  /** Issues one more client secret; those issued before stay valid until they are revoked. */
  issueClientSecret(): string;
  revokeClientSecret(clientSecret: string): void;
  /** While true every request is answered with 503, as in an outage. */
  setDown(isDown: boolean): void;
  /** Look-ups answered with a customer, and requests refused for their credential. */
  counts(): { answered: number; refused: number };
  stop(): Promise<void>;
}

/** OAuth client credentials at `/oauth/token`, the customer look-up at `/customers/lookup`. */
export async function startCrmEndpoint(): Promise<CrmEndpoint> {
  const clientId = "ringcx-client";
  const clientSecrets = new Set<string>();
  const tokens = new Map<string, string>();
  const counts = { answered: 0, refused: 0 };
  let isDown = false;

  const refuse = (response: ServerResponse, error: string) => {
    counts.refused += 1;
    answer(response, 401, { error });
  };

  const server = await startLoopbackServer(async (request, response) => {
    const target = urlOfTarget(request.url);
    if (!target) return answer(response, 400, { error: "invalid_request" });
    const { pathname } = target;
    const body = await read(request);
    if (isDown) return answer(response, 503, { error: "unavailable" });
    if (pathname === "/oauth/token") {
      const form = new URLSearchParams(body);
      const clientSecret = form.get("client_secret") ?? "";
      if (form.get("client_id") !== clientId || !clientSecrets.has(clientSecret)) {
        return refuse(response, "invalid_client");
      }
      const token = randomBytes(16).toString("hex");
      tokens.set(token, clientSecret);
      forgetOldest(tokens, 1_000);
      return answer(response, 200, { access_token: token, token_type: "Bearer", expires_in: 3600 });
    }
    if (pathname === "/customers/lookup") {
      const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
      // A token dies with the secret that it was issued for: revoking an old credential is really felt.
      if (!clientSecrets.has(tokens.get(token) ?? "")) return refuse(response, "invalid_token");
      counts.answered += 1;
      return answer(response, 200, { customerId: "C-1001", name: "Ada Example", tier: "gold" });
    }
    answer(response, 404, { error: "not_found" });
  });

  return {
    url: server.url,
    host: new URL(server.url).host,
    clientId,
    issueClientSecret() {
      const clientSecret = randomBytes(16).toString("hex");
      clientSecrets.add(clientSecret);
      return clientSecret;
    },
    revokeClientSecret: (clientSecret) => void clientSecrets.delete(clientSecret),
    setDown: (down) => {
      isDown = down;
    },
    counts: () => ({ ...counts }),
    stop: () => server.stop(),
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
