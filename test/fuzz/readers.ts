import { readdirSync, readFileSync } from "node:fs";
import { readConnectionFile } from "../../cli/conformance/connection-file.ts";
import { UsageError } from "../../cli/exit-codes.ts";
import { readOutgoing } from "../../cli/files/outgoing.ts";
import { parseServicesTag } from "../../functions/fail-over-services/watchlist/services-tag.ts";
import { intakeSettings } from "../../functions/provision-services/settings.ts";
import { lambdaIssuer } from "../../functions/rotate-credentials/issuer/lambda-issuer.ts";
import { checkedEnvironment, environments } from "../../infra/environments.ts";
import { checkEvent } from "../../shared/contract/door/check-event.ts";
import { MessageRejectedError } from "../../shared/contract/message-rejected-error.ts";
import { AutomationError } from "../../shared/primitives/errors.ts";
import { accountTickOf } from "../../shared/queues/sweep-queue.ts";
import { authTypes } from "../../shared/ringcx/resources/auth-config.ts";
import { createConnectionSecret } from "../../shared/ringcx/session/connection-secret.ts";
import { readSettings } from "../../shared/runtime/settings.ts";
import { parseCredential } from "../../shared/secrets/credential.ts";
import { accountsOf, hostsOf, secretTags, unreadableDurations } from "../../shared/secrets/secret-tags.ts";
import { bindingsFromTags } from "../../shared/secrets/tag-bindings.ts";
import { waiverProblem } from "../../shared/secrets/waived-version.ts";
import { confined } from "../support/confined.ts";

/** Stands wherever a secret's value does: nothing that is told may hold it. */
export const canary = "canary-6e02c7";

/** Something that reads what others wrote. */
export interface Reader {
  /** What is right, as JSON values. */
  documents: readonly unknown[];
  /** As it comes in: text, or what a library has parsed. */
  form: "text" | "value";
  read(input: never): unknown;
  /** Whether an error is the one by which it says what is wrong; never, where it has to cope with anything. */
  isRefusal(error: unknown): boolean;
  /** As much as can come in, in characters. */
  longest: number;
}

const never = () => false;
const hasCode = (code: string) => (error: unknown) => error instanceof AutomationError && error.code === code;
const now = Date.parse("2026-01-05T09:05:00Z");

const messages = readdirSync("examples")
  .filter((name) => name.endsWith(".ndjson"))
  .flatMap((name) => readFileSync(`examples/${name}`, "utf8").split("\n"))
  .filter((line) => line.startsWith("{"))
  .map((line): unknown =>
    JSON.parse(
      line
        .replaceAll("${CRM_URL}", "https://crm.example.com")
        .replaceAll("${CRM_ALARM_ARN}", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:crm"),
    ),
  );

const secrets: Record<(typeof authTypes)[number], unknown> = {
  APIKEY: { apiKey: canary },
  BASIC: { username: "crm", password: canary },
  OAUTH: {
    clientId: "crm",
    secret: canary,
    tokenUrl: "https://crm.example.com/token",
    grantType: "CLIENT_CREDENTIALS",
  },
  JWT: { algorithm: "HS256", payload: '{"iss":"crm"}', addTokenTo: "REQUEST_HEADER", secret: canary },
  CUSTOM_AUTH: { wcgFunctionId: "17", inputParams: [{ name: "key", value: canary }] },
};
const connectionSecret = { clientId: `${canary}-id`, clientSecret: canary, jwt: `${canary}.jwt` };
const uuid = "60629848-0ddf-4757-8868-de5b76d54bb7";

/** Asks an issuer that answers this. */
const issuer = (payload: string) =>
  lambdaIssuer(async () => ({ functionError: undefined, payload, tookMs: 0 }), "arn:issuer", Date.now() + 60_000);
const subject = { secretArn: "arn", authType: "APIKEY", clientRequestToken: uuid };

/** All that reads something from outside in one go; what reads it over HTTP, or with the table, has tests of its own. */
export const readers: Readonly<Record<string, Reader>> = {
  "a message or command": {
    documents: messages,
    form: "text",
    read: (text: string) => checkEvent(text, now),
    isRefusal: (error) => error instanceof MessageRejectedError && error.problems.length > 0,
    // `read-event.fuzz.test.ts` tries the longest that a queue takes.
    longest: 50_000,
  },
  ...Object.fromEntries(
    authTypes.map((authType): [string, Reader] => [
      `a secret for ${authType}`,
      {
        documents: [secrets[authType]],
        form: "text",
        read: (text: string) => parseCredential(confined(text, { hosts: ["crm.example.com"] }), authType, "v1"),
        isRefusal: hasCode("SECRET_INVALID"),
        longest: 65_536,
      },
    ]),
  ),
  "a connection's secret": {
    documents: [connectionSecret],
    form: "text",
    read: (SecretString: string) =>
      createConnectionSecret({
        secretId: "main",
        secrets: { send: async () => ({ SecretString }) } as never,
        clock: { now: () => now, sleep: async () => {} },
      }).read(),
    isRefusal: hasCode("CONNECTION_SECRET_INVALID"),
    longest: 65_536,
  },
  "a connection's file": {
    documents: [{ ...connectionSecret, platformUrl: "https://a.example", url: "https://b.example" }],
    form: "text",
    read: (text: string) => readConnectionFile(text, { file: "connection.json", account: "123456" }),
    isRefusal: (error) => error instanceof UsageError && error.message.includes("connection.json"),
    longest: 200_000,
  },
  "a file of messages": {
    documents: messages,
    form: "text",
    read: (text: string) =>
      readOutgoing(text, {
        file: "messages.yaml",
        now,
        accounts: ["123456"],
        variables: { CRM_URL: "https://a.example" },
      }),
    isRefusal: (error) => error instanceof UsageError && error.message.includes("messages.yaml"),
    longest: 50_000,
  },
  "an issuer's credential": {
    documents: [{ credentialId: "c1", fields: { apiKey: canary } }],
    form: "text",
    read: (text: string) => issuer(text).create(subject, null),
    isRefusal: hasCode("ISSUER_FAILED"),
    longest: 200_000,
  },
  "an issuer's verification": {
    documents: [{ isValid: false, reason: "expired" }],
    form: "text",
    read: (text: string) => issuer(text).verify(subject, "c1"),
    isRefusal: hasCode("ISSUER_FAILED"),
    longest: 200_000,
  },
  "a tick of the sweep": {
    documents: [{ accountId: "123456", tick: "2026-01-05T09:05:00Z" }],
    form: "text",
    read: accountTickOf,
    isRefusal: never,
    longest: 200_000,
  },
  "a tag of an alarm": {
    documents: ["123456/4567/4569 123456/4567/4570"],
    form: "value",
    read: (tag: unknown) => parseServicesTag(typeof tag === "string" ? tag : JSON.stringify(tag)),
    isRefusal: never,
    longest: 256,
  },
  "a secret's tags": {
    documents: [
      Object.fromEntries(Object.values(secretTags).map((name) => [name, "1h"])),
      {
        [secretTags.connection]: "main",
        [secretTags.accounts]: "123456 654321",
        [secretTags.hosts]: "crm.example.com *.partner.example",
        [secretTags.authConfig]: `123456/${uuid}`,
        [secretTags.authType]: "APIKEY",
        [secretTags.acceptUnproven]: uuid,
      },
    ],
    form: "value",
    read: (value: unknown) => {
      // Secrets Manager gives texts, whatever their names are.
      const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
      const tags = Object.fromEntries(
        entries.map(([name, text]) => [name, typeof text === "string" ? text : (JSON.stringify(text) ?? "")]),
      );
      const secret = { arn: "arn", tags, versionIds: [uuid, uuid.toUpperCase()], current: uuid };
      return [
        ...[bindingsFromTags(secret), accountsOf(secret), hostsOf(secret), unreadableDurations(tags)],
        ...[waiverProblem(secret, true), waiverProblem(secret, false)],
      ];
    },
    isRefusal: never,
    longest: 256,
  },
  "a function's settings": {
    documents: [
      {
        senders: [{ source: "/crm", accounts: ["123456"] }],
      },
      { ACCOUNT: canary },
    ],
    form: "text",
    read: (text: string) => readSettings(intakeSettings, { PROVISIONING: text, CONNECTIONS: text, STATE_TABLE: text }),
    isRefusal: hasCode("SETTINGS_INVALID"),
    longest: 4_096,
  },
  "an environment's settings": {
    documents: environments,
    form: "value",
    read: (value: never) => checkedEnvironment(value),
    isRefusal: (error) =>
      error instanceof Error && error.name === "Error" && /^The environment .* in .* is wrong:\n/s.test(error.message),
    longest: 10_000,
  },
};
