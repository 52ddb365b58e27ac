import { randomUUID } from "node:crypto";
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-secrets-manager";
import type { AlarmState } from "../../../functions/fail-over-services/evidence/evidence.ts";
import { startCrmEndpoint } from "../../../infra/local/demo/crm-endpoint.ts";
import type { AwsService } from "../../../infra/local/gateway/aws-request.ts";
import { assemble } from "../../../infra/local/ringcx-simulator/assembly.ts";
import type { Profile } from "../../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { editService, type ServiceAddress } from "../../../infra/local/ringcx-simulator/control/admin-page.ts";
import { exchange } from "../../../infra/local/ringcx-simulator/http-shell.ts";
import type { AccountRecord, Fields } from "../../../infra/local/ringcx-simulator/records.ts";
import type { Seed } from "../../../infra/local/ringcx-simulator/seed.ts";
import { type Secret, versionWith } from "../../../infra/local/secrets-manager/secret.ts";
import { SecretStore } from "../../../infra/local/secrets-manager/secret-store.ts";
import { secretsManagerService } from "../../../infra/local/secrets-manager/secrets-manager-service.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import { withoutWire } from "../in-process-aws.ts";
import { crmIssuer } from "./crm-issuer.ts";
import { FormerValues } from "./former-values.ts";
import { inProcessHost } from "./in-process-fetch.ts";
import { startListener } from "./listener.ts";

/** Two sub-accounts: what is made in the first is promoted to the second. */
export const [testAccount, productionAccount] = ["123456", "223456"] as const;
export const accountIds = [testAccount, productionAccount];

/** How a call to the outside is made: whoever simulates says how long it takes, and whether it fails. */
export type Through = <Result>(kind: CallKind, call: () => Promise<Result>) => Promise<Result>;
/** What a function calls. */
export type CallKind = "table" | "ringcx" | "secrets" | "sns" | "sqs" | "probe" | "cloudwatch" | "issuer";

/** What the world outside the functions is made of. */
export interface OutsideOptions {
  now: () => number;
  profile: Partial<Profile>;
  /** What RingCX has before anything is done. */
  seed: Seed;
  /** Around each request to RingCX; what it throws is what `fetch` throws. */
  through: Through;
  /** Is told of each client secret that is valid no more. */
  onRevoked?: ((clientSecret: string) => void) | undefined;
  /** What `RotateSecret` begins: returns the version that is to become current. @default nothing */
  beginRotation?: ((secret: Secret, versionId: string) => string) | undefined;
}

/** Everything that the functions stand before: RingCX, a CRM, Secrets Manager, the table and the alarms. */
export async function startOutside(options: OutsideOptions) {
  const ringcx = startRingCx(options);
  const crm = await startCrmEndpoint();
  const elsewhere = await startListener();
  const store = new SecretStore("eu-central-1", "000000000000");
  const { now, beginRotation = (_: Secret, versionId: string) => versionId } = options;
  const rotation = {
    start: (secret: Secret, versionId: string = randomUUID()) => beginRotation(secret, versionId),
    test() {},
  };
  const former = new FormerValues(store, now);
  const service = stampedBy(now, store, secretsManagerService({ store, rotation }));
  const secrets = withoutWire(client, async (request) => {
    try {
      return await service(request);
    } finally {
      former.look();
    }
  });
  const { clientId, clientSecret, jwt } = ringcx;
  const login = JSON.stringify({ clientId, clientSecret, jwt });
  await secrets.send(new CreateSecretCommand({ Name: "connection", SecretString: login }));
  /** What was last put into each secret. */
  const values = new Map<string, Readonly<Record<string, unknown>>>();
  const tags = { "ringcx:connection": "local", "ringcx:accounts": accountIds.join(" "), "ringcx:hosts": crm.host };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  return {
    simulator: ringcx,
    crm,
    issuer: crmIssuer(crm, options.onRevoked),
    elsewhere,
    secrets,
    store,
    values,
    former,
    table: new MemoryStateTable(),
    alarms: new Map<string, AlarmState>(),
    /** What the tag of an alarm says of services, by its ARN. */
    alarmTags: new Map<string, string>(),

    /** A secret whose tags allow both accounts and the CRM. */
    async createSecret(name: string, value: Readonly<Record<string, unknown>>, more: object = {}): Promise<void> {
      values.set(name, value);
      const all = [...Tags, ...Object.entries(more).map(([Key, Value]) => ({ Key, Value: String(Value) }))];
      await secrets.send(new CreateSecretCommand({ Name: name, SecretString: JSON.stringify(value), Tags: all }));
    },
    /** The value that Secrets Manager calls current, whoever has put it. */
    currentValue(name: string): Readonly<Record<string, unknown>> {
      const text = versionWith(store.get(name), "AWSCURRENT")?.value?.string ?? "{}";
      return JSON.parse(text) as Readonly<Record<string, unknown>>;
    },
    async putSecret(name: string, value: Readonly<Record<string, unknown>>): Promise<void> {
      values.set(name, value);
      await secrets.send(new PutSecretValueCommand({ SecretId: name, SecretString: JSON.stringify(value) }));
    },
    /** Takes away what allows its use, or gives it again. */
    async permitSecret(SecretId: string, isPermitted: boolean): Promise<void> {
      const TagKeys = Tags.map(({ Key }) => Key);
      if (isPermitted) await secrets.send(new TagResourceCommand({ SecretId, Tags }));
      else await secrets.send(new UntagResourceCommand({ SecretId, TagKeys }));
    },
    async stop(): Promise<void> {
      ringcx.stop();
      await Promise.all([crm.stop(), elsewhere.stop()]);
    },
  };
}

/** Secrets Manager by the world's clock: the local one has the machine's. */
function stampedBy(now: () => number, store: SecretStore, service: AwsService): AwsService {
  const stamps = new Map<Secret, number>();
  return (...asked) => {
    const answer = service(...asked);
    for (const secret of store.all()) {
      if (!stamps.has(secret)) secret.createdAt = now();
      if (stamps.get(secret) !== secret.changedAt) {
        secret.changedAt = now();
        stamps.set(secret, secret.changedAt);
      }
    }
    return answer;
  };
}

/** What `withoutWire` answers for: it sends nothing itself. */
const client = new SecretsManagerClient({ region: "eu-central-1" });

/** See {@link startOutside}. */
export type Outside = Awaited<ReturnType<typeof startOutside>>;

/** RingCX as the simulator has it, within this process. */
function startRingCx({ now, profile, seed, through }: OutsideOptions) {
  const parts = assemble({ accounts: accountIds, now, profile, seed });
  const stopped = new AbortController();
  const host = inProcessHost(async (request) => {
    const body = await request.text();
    return through("ringcx", async () => {
      const { method, url, headers } = request;
      const authorization = headers.get("authorization") ?? undefined;
      const answer = await exchange(parts, { method, url: new URL(url), authorization, body }, stopped.signal);
      if (answer === "cut") throw lostConnection();
      return new Response(answer.text ?? (answer.body === undefined ? null : JSON.stringify(answer.body)), {
        status: answer.status,
        headers: { "content-type": "application/json", ...answer.headers },
      });
    });
  });
  const accountOf = (accountId: string) => {
    const account = parts.state.account(accountId);
    if (!account) throw new Error(`there is no account ${accountId}`);
    return account;
  };
  return {
    ...parts.credentials,
    url: host.url,
    requests: parts.requests,
    faults: parts.faults,
    /** A copy of what an account holds, credentials included. */
    state: (accountId: string): AccountRecord => structuredClone(accountOf(accountId)),
    /** The account itself, for who looks after each request: to be read at once. */
    look: (accountId: string): AccountRecord => accountOf(accountId),
    /** Changes a service as a person in the admin page does. */
    editService: (address: ServiceAddress, changes: Fields) => void editService(parts, address, changes),
    stop() {
      stopped.abort();
      host.stop();
    },
  };
}

/** As `fetch` throws where the connection ends before an answer. */
export function lostConnection(): Error {
  return new TypeError("fetch failed", { cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }) });
}
