import { randomUUID } from "node:crypto";
import { createOutageFinder } from "../../../functions/rotate-credentials/read/dependent-services.ts";
import { readCredentialRecord } from "../../../functions/rotate-credentials/record/credential-record.ts";
import type {
  RotationStepEvent,
  StepDependencies,
} from "../../../functions/rotate-credentials/steps/rotation-context.ts";
import { runStep } from "../../../functions/rotate-credentials/steps/run-step.ts";
import { runSchedule, type ScheduleRunDependencies } from "../../../functions/rotate-credentials/sync/run-schedule.ts";
import { startRingCxSimulator } from "../../../infra/local/ringcx-simulator/server.ts";
import type { Outcome, OutcomeData } from "../../../shared/contract/outcome.ts";
import { createOutcomes, type Topics } from "../../../shared/outcomes/outcome-publisher.ts";
import type { UnprovenPolicy } from "../../../shared/proof/decide-unproven.ts";
import type { VerifyAtEndpoint } from "../../../shared/proof/verify-at-endpoint.ts";
import { followedAuthConfigKey } from "../../../shared/records/account/followed-auth-config.ts";
import { authConfigPartition } from "../../../shared/records/credential/auth-config-partition.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { createRingCx } from "../../../shared/ringcx/client/client.ts";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import { MemoryStateTable } from "../../../shared/state/memory-table.ts";
import { oneToken, openQuota, testClock } from "../../support/client-fakes.ts";
import { CrashPoint } from "../../support/crash.ts";
import { clientOfRole, tableOfRole } from "../../support/roles.ts";
import { StableIds } from "../../support/stable-ids.ts";
import { adminPage } from "./admin-page.ts";
import { credentials } from "./credentials.ts";
import { fakeIssuer } from "./fake-issuer.ts";
import { startSecretsManager } from "./secrets-manager.ts";

export const accountId = "123456";
export const otherAccountId = "654321";

/** The credential issuer that stands for a customer's. */
export const issuerArn = "arn:aws:lambda:eu-central-1:000000000000:function:issuer";
/** A read of an account's tree, as {@link Fixture.takeAllRequests} says it. */
export const treeRead = "GET withChildren";

/** A read of an account's list of auth configs. */
export const listRead = "GET authConfigs";

export const rotationSteps = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

/**
 * RingCX (the simulator, over HTTP), Secrets Manager (the local host's, through the SDK client), the table and
 * the outcomes in memory, and a clock that the test moves.
 */
export async function startFixture({
  v1AuthLink = true,
  isWire = true,
}: {
  v1AuthLink?: boolean;
  /** Whether calls of Secrets Manager are written and signed as an SDK does, or handed over as they are. */
  isWire?: boolean;
} = {}) {
  const accounts = [accountId, otherAccountId];
  // A matrix takes longer than RingCX's tokens live, and its clients have no login to renew theirs.
  const simulator = await startRingCxSimulator({ accounts, limit: 100_000, tokenLifeMs: 24 * 3_600_000, v1AuthLink });
  const clock = testClock(Date.now());
  const manager = startSecretsManager({ clock, accountId, isWire });
  const { store, secrets, begun, startRotation } = manager;
  const table = new MemoryStateTable();
  const published: OutcomeData[] = [];
  const messages: string[] = [];
  const ids = new StableIds();
  const topics: Topics = {
    async publish({ message }) {
      messages.push(message);
      ids.see(JSON.parse(message) as Outcome);
    },
  };
  const logs: unknown[] = [];
  const unreadable: string[] = [];
  const quota = openQuota();
  const connections: Connection[] = [
    {
      name: "main",
      accountIds: [accountId, otherAccountId],
      ringcxUrl: simulator.url,
      platformUrl: simulator.platformUrl,
      secretId: "connection",
      quota: { limit: 120, windowMs: 60_000, guardMs: 700, scope: "account" },
    },
  ];
  const log = (...entry: unknown[]) => void logs.push(entry);
  const logger = { info: log, warn: log, error: log };
  /** What the endpoints say, and what is done about wrong edges; a test sets them. */
  const script: {
    verifyAtEndpoint: VerifyAtEndpoint;
    unproven: UnprovenPolicy;
    onViolation: "report" | "deactivate";
    onChange: "report" | "rewrite";
    unmanagedAuthConfigs: string[];
  } = {
    onViolation: "report",
    onChange: "report",
    unmanagedAuthConfigs: [],
    verifyAtEndpoint: async () => ({ kind: "NOT_PROVABLE", reason: "no service declares how to ask" }),
    unproven: { couldNotBeAsked: "wait", notProvable: "write" },
  };
  const issuer = fakeIssuer();
  /** What one process of a function stands on, under the role that the template gives that function. */
  const dependenciesOf = (functionId: string, crash = new CrashPoint()): ScheduleRunDependencies => {
    const role = [functionId];
    const ringcx = createRingCx({
      connection: { name: "main", ringcxUrl: simulator.url },
      session: oneToken(simulator.accessToken),
      quotaFor: () => quota,
      clock,
      random: () => 0.5,
    });
    const dyingTable = crash.wrap(tableOfRole(role, table));
    return {
      table: dyingTable,
      secrets: crash.wrap(clientOfRole(role, "secretsmanager", secrets)),
      outcomes: createOutcomes({
        table: dyingTable,
        topics: crash.wrap(topics),
        topicArn: "topic",
        environment: "test",
        clock,
        onOutcome: ({ data }) => void published.push(data),
      }),
      ringcxFor: () => ({
        ...ringcx,
        account: (id, options) => {
          const account = ringcx.account(id, options);
          return { ...account, authConfigs: crash.wrap(account.authConfigs), groups: crash.wrap(account.groups) };
        },
      }),
      verifyAtEndpoint: (...asked) => crash.around(() => script.verifyAtEndpoint(...asked)),
      clock,
      connections,
      logger,
      issuerOf: () => crash.wrap(issuer),
      randomSecret: () => `random-${randomUUID()}`,
      newVersionId: randomUUID,
      findOutage: createOutageFinder({ table: tableOfRole(role, table), clock }),
      unproven: script.unproven,
      onViolation: script.onViolation,
      onChange: script.onChange,
      unmanagedAuthConfigs: script.unmanagedAuthConfigs,
      home: { region: "eu-central-1", awsAccount: "000000000000" },
      onUnreadable: async (error) => void unreadable.push(error.message),
    };
  };
  const fixture = {
    simulator,
    store,
    secrets,
    clock,
    table,
    published,
    messages,
    logs,
    unreadable,
    quota,
    connections,
    script,
    issuer,
    /** Rotations that `RotateSecret` was called for. */
    begun,
    logger,

    ...adminPage(simulator, accountId),
    ...manager.hands,

    /** What a run of the schedule stands on; with a crash point, one whose process dies. */
    dependencies: (crash?: CrashPoint) => dependenciesOf("RotateCredentials", crash),

    /** What a step of a rotation stands on: the other function's, under its own role. */
    stepDependencies: (crash?: CrashPoint): StepDependencies => dependenciesOf("RotateSecret", crash),

    /** One step of a rotation, in a process of its own. */
    async step(Step: RotationStepEvent["Step"], { arn, token }: { arn: string; token: string }, crash?: CrashPoint) {
      const invocation = { requestId: randomUUID(), deadline: clock.now() + 120_000 };
      await runStep(fixture.stepDependencies(crash), invocation, { Step, SecretId: arn, ClientRequestToken: token });
    },

    /** Begins a rotation as `RotateSecret` does, by hand; takes one up again that has not come to its end. */
    begin(arn: string, token: string = randomUUID()) {
      return { arn, token: startRotation(store.get(arn), token) };
    },

    /** All four steps, as far as they succeed. */
    async rotate(arn: string): Promise<string> {
      const begunNow = fixture.begin(arn);
      for (const step of rotationSteps) await fixture.step(step, begunNow);
      return begunNow.token;
    },

    /** A bound secret in sync that our function rotates with the issuer, which has a name for its first credential. */
    async rotated(authType: AuthType, tags: Record<string, string | undefined> = {}) {
      const named = { "ringcx:issuer": issuerArn, "ringcx:credential-id": `id-${randomUUID()}` };
      const bound = await fixture.bind(authType, "first", { ...named, ...tags });
      fixture.letRotate(bound.arn);
      await fixture.tick();
      fixture.takeRequests();
      published.length = 0;
      return bound;
    },

    /** What was told of one kind, as `STATUS topic begun`. @param type of the outcomes' cause @param topic that topic alone */
    told: (type: string, topic?: string) =>
      published
        .filter(({ cause, details }) => cause.type === type && (topic === undefined || details?.topic === topic))
        .map(({ cause, status }) => `${status} ${cause.id.split("/").at(0)} ${cause.id.split("/").at(-1)}`),

    /** One tick of the schedule, five minutes after the last if not said otherwise (in milliseconds). */
    async tick(crash?: CrashPoint, livesMs = 120_000, afterMs = 5 * 60_000) {
      await clock.sleep(afterMs);
      const invocation = { requestId: randomUUID(), deadline: clock.now() + livesMs };
      return runSchedule(fixture.dependencies(crash), invocation);
    },

    /** So many ticks, one after the other. */
    async ticks(count: number): Promise<void> {
      for (let run = 0; run < count; run += 1) await fixture.tick();
    },

    /** What the issuer was asked to revoke, by its own names, in this order. */
    revoked: () => issuer.calls.filter(({ action }) => action === "revoke").map(({ credentialId }) => credentialId),

    /** What was told of credentials that should be revoked and are not, as it began. */
    notRevoked: () =>
      published
        .filter(({ status, details }) => status === "FAILED" && details?.kind === "NOT_REVOKED")
        .map(({ summary }) => summary),

    /** A secret that is bound to one auth config of the type, by tags; nothing applied yet. */
    async bind(authType: AuthType, mark: string, tags: Record<string, string | undefined> = {}) {
      const authConfigId = await fixture.createAuthConfig(authType);
      const secret = await fixture.createSecret({
        value: credentials[authType].value(mark),
        tags: { "ringcx:auth-config": authConfigId, "ringcx:auth-type": authType, ...tags },
      });
      return { authConfigId, ...secret };
    },

    /** The secret is gone for good, and nobody follows its auth configs any more, as if a message had retired them. */
    async retire(arn: string) {
      const secret = store.get(arn);
      store.remove(secret);
      for (const authConfigId of (secret.tags.get("ringcx:auth-config") ?? "").split(" ")) {
        await table.delete(authConfigStateKey(accountId, authConfigId));
        await table.delete(followedAuthConfigKey(accountId, authConfigId));
      }
    },

    async record(authConfigId: string, account = accountId) {
      return (await readCredentialRecord(table, { accountId: account, authConfigId })).record;
    },

    async history(authConfigId: string, account = accountId) {
      return table.query(authConfigPartition(account, authConfigId), "HISTORY#");
    },

    /** An auth config as RingCX holds it, credential included. */
    inForce(authConfigId: string, account = accountId) {
      return simulator.state(account).authConfigs.find((config) => config.authConfigId === authConfigId);
    },

    /** Requests to RingCX since the last look, by method and last part of the path; without the audits' reads of an account. */
    takeRequests(): string[] {
      return fixture.takeAllRequests().filter((request) => request !== treeRead && request !== listRead);
    },

    /** The same with all of them. */
    takeAllRequests(): string[] {
      const seen = simulator.requests.map(({ method, path }) => `${method} ${path.split("/").at(-1)}`);
      simulator.clearRequests();
      return seen;
    },

    async stop() {
      secrets.destroy();
      await simulator.stop();
      ids.check();
    },
  };
  return fixture;
}

export type Fixture = Awaited<ReturnType<typeof startFixture>>;
