import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { HostedSystem } from "./hosted-system.ts";

/** The environment that {@link startDeployedFront} has a stack of. */
export const deployedName = "test";

/**
 * AWS as a deployed environment looks: the hosted system with CloudFormation and Lambda's configuration in front, which it
 * has not. What it answers is as AWS documents it (CloudFormation, "DescribeStacks"; Lambda, "GetFunctionConfiguration").
 */
export async function startDeployedFront({ host, connections }: HostedSystem) {
  // SDKs look whether a queue's URL is where they were told that AWS is.
  let url = "";
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const service = serviceOf(request);
    if (service === "cloudformation") {
      const stack = new URLSearchParams(body.toString()).get("StackName") ?? "";
      const outputs = Object.fromEntries(
        Object.entries(host.outputs).map(([name, value]) => [name, value.replace(host.endpoint, url)]),
      );
      const isThere = stack === `RingCxAutomation-${deployedName}`;
      return response.writeHead(isThere ? 200 : 400).end(isThere ? stackXml(outputs) : noStackXml(stack));
    }
    if (service === "lambda" && request.url?.endsWith("/configuration")) {
      if (request.url.includes(host.outputs.FailOverServicesFunctionName ?? "?")) {
        const FAILOVER = JSON.stringify({ mode: "observe" });
        return response.end(JSON.stringify({ Environment: { Variables: { FAILOVER } } }));
      }
      const Variables = { CONNECTIONS: JSON.stringify(connections), PROBE: '{"allowedHosts":["127.0.0.1"]}' };
      return response.end(JSON.stringify({ Environment: { Variables } }));
    }
    const { connection: _, "content-length": __, "transfer-encoding": ___, ...headers } = request.headers;
    const answer = await fetch(new URL(request.url ?? "/", host.endpoint), {
      method: request.method ?? "POST",
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)] as [string, string]),
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    const text = Buffer.from(await answer.arrayBuffer());
    const { "content-encoding": ____, ...answered } = Object.fromEntries(answer.headers);
    response.writeHead(answer.status, { ...answered, "content-length": text.length }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Of Signature Version 4: `Credential=KEY/20260301/eu-central-1/SERVICE/aws4_request`. */
function serviceOf({ headers }: IncomingMessage): string | undefined {
  return /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.authorization ?? "")?.[1];
}

function stackXml(outputs: Readonly<Record<string, string>>): string {
  const members = Object.entries(outputs).map(
    ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
  );
  return `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><Outputs>${members.join("")}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`;
}

function noStackXml(stack: string): string {
  return `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${stack} does not exist</Message></Error></ErrorResponse>`;
}
