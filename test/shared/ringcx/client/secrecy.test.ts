import { inspect } from "node:util";
import { expect, test } from "vitest";
import { Redacted } from "../../../../shared/primitives/redacted.ts";
import type { RingCxAccount } from "../../../../shared/ringcx/client/api.ts";
import { countingSession, testClient } from "../../../support/client-fakes.ts";
import { confined } from "../../../support/confined.ts";
import {
  type Answer,
  cut,
  cutInTheBody,
  type ScriptedServer,
  scriptedServer,
  silence,
} from "../../../support/scripted-server.ts";

const authConfigId = "60629848-0ddf-4757-8868-de5b76d54bb7";
// Characters that JSON, URLs and base64 each write in another way.
const canary = 'CANARY "credential"/+=\\ü';
const redacted = confined(canary);
const headerCanary = 'HEADER-CANARY "key"';
const tokenCanary = "TOKEN-CANARY/+=";

/** Every way in which somebody may come to see an error. */
function everythingSeenOf(error: unknown): string {
  const seen = [
    inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
    JSON.stringify(error),
    String(error),
  ];
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    seen.push(JSON.stringify(cause, Object.getOwnPropertyNames(cause)), cause.stack ?? "", inspect({ ...cause }));
  }
  return seen.join("\n");
}

function expectNoCanary(text: string) {
  expect(text).not.toContain("CANARY");
  expect(text).not.toContain(Buffer.from(canary).toString("base64").slice(0, 12));
}

const calls: [string, (account: RingCxAccount) => Promise<unknown>][] = [
  [
    "createApiKey",
    ({ authConfigs }) => authConfigs.createApiKey(authConfigId, { providerName: "CRM", apiKey: redacted }),
  ],
  [
    "updateBasic",
    ({ authConfigs }) =>
      authConfigs.updateBasic(authConfigId, { providerName: "CRM", username: "crm", password: redacted }),
  ],
  [
    "updateOAuth",
    ({ authConfigs }) =>
      authConfigs.updateOAuth(authConfigId, {
        providerName: "CRM",
        clientId: redacted,
        secret: redacted,
        tokenUrl: "https://auth.example.com",
        grantType: "PASSWORD",
        password: redacted,
        assertion: redacted,
        otherParameters: [{ name: "extra", value: redacted }],
      }),
  ],
  [
    "createJwt",
    ({ authConfigs }) =>
      authConfigs.createJwt(authConfigId, {
        providerName: "CRM",
        algorithm: "RS256",
        payload: redacted,
        addTokenTo: "REQUEST_HEADER",
        secret: redacted,
        privateKey: redacted,
      }),
  ],
  [
    "services.update",
    ({ services }) =>
      services.update(7, 8, {
        serviceType: "HTTP_GET",
        serviceDescription: "Lookup",
        httpPassword: new Redacted(canary),
        httpServiceConfig: {
          url: "https://crm.example.com",
          headers: { Authorization: headerCanary, "X-Api-Key": redacted },
        },
      }),
  ],
];

/** Says back all that it was sent, as a badly behaved server would. */
const echo =
  (status: number, form: "json" | "text"): Answer =>
  (response, request, body) => {
    const said = `${request.headers.authorization} sent ${body}, ${canary}, ${encodeURIComponent(canary)}, ${Buffer.from(canary).toString("base64")}`;
    response.writeHead(status);
    response.end(
      form === "text" ? said : JSON.stringify({ errorCode: said, generalMessage: JSON.stringify(said), input: said }),
    );
  };

const misbehaviours: [string, Answer][] = [
  ...[200, 302, 400, 401, 403, 404, 409, 418, 429, 500].map((status): [string, Answer] => [
    `${status} with an echo`,
    echo(status, "json"),
  ]),
  ["400 with an echo in plain text", echo(400, "text")],
  ["a cut connection", cut],
  ["a cut answer", cutInTheBody],
  ["silence", silence],
];

const clientOf = ({ url }: ScriptedServer) =>
  testClient(url, { session: countingSession(tokenCanary), timeoutMs: 30, retries: 1 });

test.each(misbehaviours)("%s: no error of any call shows a credential or the token", async (_, answer) => {
  for (const [name, call] of calls) {
    await using server = await scriptedServer(answer);
    const { account, requests } = clientOf(server);
    const failure: unknown = await call(account()).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure, name).toBeInstanceOf(Error);
    expectNoCanary(everythingSeenOf(failure));
    expectNoCanary(JSON.stringify(requests));
  }
});

test("a token that cannot be a header is not shown by the error that says so", async () => {
  await using server = await scriptedServer({ status: 200, body: [] });
  const { account } = testClient(server.url, { session: countingSession(`${canary}\n`) });
  const failure: unknown = await account()
    .groups.list()
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: "RINGCX_REQUEST_FAILED" });
  expectNoCanary(everythingSeenOf(failure));
});
