import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import pMap from "p-map";
import type { Clock } from "../../../shared/primitives/clock.ts";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import type { CredentialRecord } from "../../../shared/records/credential/auth-config-state.ts";
import { bindingKey, type SecretBinding } from "../../../shared/records/credential/secret-binding.ts";
import type { Connection } from "../../../shared/ringcx/session/connection.ts";
import { describeSecret, listSecrets, type SecretDescription } from "../../../shared/secrets/read-secret.ts";
import { secretTags } from "../../../shared/secrets/secret-tags.ts";
import { whyUnusable } from "../../../shared/secrets/unusable-secret.ts";
import type { StateTable } from "../../../shared/state/table.ts";
import { readBoundRecords } from "../record/credential-record.ts";
import { permittedBindings, refusedBinding } from "./permitted-bindings.ts";
import type { SecretProblem } from "./secret-problem.ts";
import { readSecretRecords, type SecretRecords } from "./secret-records.ts";

/** What reading the secrets and what is known of them stands on. */
export interface ReadDependencies {
  table: StateTable;
  secrets: SecretsManagerClient;
  clock: Pick<Clock, "now">;
  connections: readonly Connection[];
}

/** A secret, the auth configs that it is bound to, and what is known of them: `records[i]` is of `bindings[i]`. */
export interface BoundSecret {
  secret: SecretDescription;
  secretRecords: SecretRecords;
  bindings: readonly SecretBinding[];
  records: readonly CredentialRecord[];
  /** What is wrong with its tags, and with the bindings that were left out. */
  problems: readonly SecretProblem[];
}

/** Secrets whose items are read at the same time. */
const concurrency = 25;

/** Secrets that are described at the same time: Secrets Manager throttles. */
const describedAtOnce = 5;

/**
 * Every secret that is tagged for RingCX. An auth config that several of them claim stays with the one whose value it
 * has. A secret of which an item cannot be read keeps no other from being read: it is bound to nothing, so nothing is
 * done with it, and its problem names the item.
 *
 * @param asked ARNs of those that are asked for one by one: the list may be older
 * @throws {SecretUnreadableError} of one that is asked for, where that may pass by itself
 */
export async function readBoundSecrets(
  { table, secrets, clock, connections }: ReadDependencies,
  asked: ReadonlySet<string> = new Set(),
): Promise<BoundSecret[]> {
  const read = async (secret: SecretDescription): Promise<BoundSecret> => {
    try {
      return await readBoundSecret(secret);
    } catch (error) {
      if (!(error instanceof AutomationError && error.code === "ITEM_UNREADABLE")) throw error;
      const secretRecords = { bindings: [], credentials: [], requestedVersionId: undefined };
      return { secret, secretRecords, bindings: [], records: [], problems: [unreadable(error)] };
    }
  };
  const readBoundSecret = async (secret: SecretDescription): Promise<BoundSecret> => {
    const secretRecords = await readSecretRecords(table, secret.arn);
    const { bindings, problems } = permittedBindings(secret, secretRecords.bindings, connections);
    const records = (await readBoundRecords(table, bindings)).map(({ record }) => record);
    return { secret, secretRecords, bindings, records, problems };
  };
  const listed = await listSecrets(secrets, clock.now());
  const described = await describeOurs(secrets, asked, clock.now());
  const all = [...listed.filter(({ arn }) => !asked.has(arn)), ...described];
  // One that cannot be read claims what its tags say: nothing of that goes to another meanwhile.
  const claimsOf = (bound: BoundSecret) =>
    isSecretUnreadable(bound) ? permittedBindings(bound.secret, [], connections).bindings : bound.bindings;
  return withoutDisputedBindings(await pMap(all, read, { concurrency }), claimsOf);
}

/** Those of the given secrets that are there and tagged for RingCX. */
async function describeOurs(
  secrets: SecretsManagerClient,
  arns: ReadonlySet<string>,
  now: number,
): Promise<SecretDescription[]> {
  const describe = async (arn: string): Promise<SecretDescription[]> => {
    try {
      const secret = await describeSecret(secrets, arn, now);
      return secret.isDeleted || !(secretTags.connection in secret.tags) ? [] : [secret];
    } catch (error) {
      if (whyUnusable(error) === undefined) throw error;
      return [];
    }
  };
  return (await pMap(arns, describe, { concurrency: describedAtOnce })).flat();
}

/** Whether an item of it could not be read: what it is bound to is not known then. */
export function isSecretUnreadable({ problems }: Pick<BoundSecret, "problems">): boolean {
  return problems.some(({ kind }) => kind === "ITEM_UNREADABLE");
}

const takeOut =
  "say by whom it is fed in one place: take it out of the tag ringcx:auth-config of the others, or name the secret in the message that made it";

function unreadable({ message }: AutomationError): SecretProblem {
  return {
    topic: "state table",
    kind: "ITEM_UNREADABLE",
    message,
    hint: "see docs/runbook.md, items-unreadable; nothing is done with the secret until then",
  };
}

function withoutDisputedBindings(
  boundSecrets: readonly BoundSecret[],
  claimsOf: (bound: BoundSecret) => readonly SecretBinding[],
): BoundSecret[] {
  const names = new Map(boundSecrets.map(({ secret }) => [secret.arn, secret.name]));
  const claims = Map.groupBy(boundSecrets.flatMap(claimsOf), bindingKey);
  return boundSecrets.map((bound) => {
    const { secret, bindings, records } = bound;
    const isKept = (index: number) => {
      const binding = bindings[index];
      const claimants = binding ? (claims.get(bindingKey(binding))?.length ?? 0) : 0;
      return claimants < 2 || records[index]?.secretArn === secret.arn;
    };
    const lost = bindings.filter((_, index) => !isKept(index));
    const othersOf = (binding: SecretBinding) =>
      (claims.get(bindingKey(binding)) ?? [])
        .filter(({ secretArn }) => secretArn !== secret.arn)
        .map(({ secretArn }) => names.get(secretArn) ?? secretArn)
        .join(", ");
    return {
      ...bound,
      bindings: bindings.filter((_, index) => isKept(index)),
      records: records.filter((_, index) => isKept(index)),
      problems: [
        ...bound.problems,
        ...lost.map((binding) =>
          refusedBinding(binding, `another secret claims it too: ${othersOf(binding)}`, takeOut),
        ),
      ],
    };
  });
}
