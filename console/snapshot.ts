import { ListSecretsCommand } from "@aws-sdk/client-secrets-manager";
import type { Environment } from "../cli/environment/environment.ts";
import { accountsOf } from "../cli/environment/environment.ts";
import { readAuthConfigs, readCredentialHistory } from "../cli/read/rotation-history.ts";
import { readStatus } from "../cli/read-status.ts";
import { needsPerson, type Status } from "../cli/view/status.ts";
import type { LoggedRequest } from "../infra/local/ringcx-simulator/control/request-log.ts";
import type { Clock } from "../shared/primitives/clock.ts";
import { versionsInRingCx } from "../shared/records/credential/versions-in-ringcx.ts";
import type { TimelineEntry } from "./timeline.ts";

/** A secret, by the ids of its versions; never its value. */
export interface ShownSecret {
  name: string;
  current: string | undefined;
  pending: string | undefined;
  /** Auth configs that are fed by it, each with the version that RingCX has. */
  /** The version that RingCX was given last, or every one that it may have. */
  authConfigs: readonly { accountId: string; providerName: string; versionIds: readonly string[] }[];
}

/** What the page shows, but for the timeline. */
export interface Shown {
  status: Status;
  /** See {@link needsPerson}. */
  needsPerson: readonly string[];
  secrets: readonly ShownSecret[];
}

/** A request that RingCX counted: when, of which account, and whether it was refused for the rate. */
export type CountedRequest = readonly [at: number, accountId: string, isRefused: boolean];

/** What the page asks for each second. */
export interface Snapshot extends Shown {
  /** Epoch milliseconds. */
  now: number;
  requests: readonly CountedRequest[];
  entries: readonly TimelineEntry[];
  /** Buttons whose thing is on now: `endpoint`. */
  on: readonly string[];
}

/** The chart shows so long, and each of its points counts a minute: in milliseconds. */
export const chartMs = 4 * 60_000;

/** Reads what the page shows of the table, the queues and the secrets. @throws what the AWS calls throw */
export async function readShown(parts: { environment: Environment; clock: Clock }): Promise<Shown> {
  const [status, secrets] = await Promise.all([readStatus(parts), readSecrets(parts.environment)]);
  return { status, needsPerson: needsPerson(status), secrets };
}

async function readSecrets(environment: Environment): Promise<ShownSecret[]> {
  const { secrets, table } = environment;
  const known = (await Promise.all(accountsOf(environment).map((account) => readAuthConfigs(table, account)))).flat();
  const { SecretList = [] } = await secrets.send(new ListSecretsCommand({ MaxResults: 100 }));
  return Promise.all(
    SecretList.map(async ({ Name = "", ARN, SecretVersionsToStages = {} }) => {
      const versionWith = (stage: string) =>
        Object.entries(SecretVersionsToStages).find(([, stages]) => stages.includes(stage))?.[0];
      const fed = known.filter(({ secretId }) => secretId !== undefined && (secretId === Name || secretId === ARN));
      const authConfigs = fed.map(async (config) => {
        const { record } = await readCredentialHistory(table, config);
        const { accountId, providerName } = config;
        return { accountId, providerName, versionIds: versionsInRingCx(record).versionIds };
      });
      return {
        name: Name,
        current: versionWith("AWSCURRENT"),
        pending: versionWith("AWSPENDING"),
        authConfigs: await Promise.all(authConfigs),
      };
    }),
  );
}

/** Requests that count for the chart. Pure. @param now epoch milliseconds */
export function countedRequests(requests: readonly LoggedRequest[], now: number): CountedRequest[] {
  return requests.flatMap(({ at, accountId, status }) =>
    accountId !== undefined && at > now - chartMs - 60_000 ? [[at, accountId, status === 429] as const] : [],
  );
}
