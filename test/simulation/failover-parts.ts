import { createBlastRadius } from "../../functions/fail-over-services/apply/blast-radius.ts";
import { type FailoverSettings, guardsSchema } from "../../functions/fail-over-services/settings.ts";
import { createActivationStore } from "../../shared/activation/activation-store.ts";
import type { Clock, Random } from "../../shared/primitives/clock.ts";
import { connectionsSchema } from "../../shared/ringcx/session/connection.ts";
import type { StateTable } from "../../shared/state/table.ts";

/** What failover stands on in every simulation: settings with short waits, the table's stores, and nothing that speaks. */
export function failoverParts({
  table,
  clock,
  random,
  accountIds,
  mode = "enforce",
  guards = {},
}: {
  table: StateTable;
  clock: Clock;
  random: Random;
  accountIds: readonly string[];
  mode?: FailoverSettings["mode"];
  guards?: Parameters<typeof guardsSchema.parse>[0];
}) {
  const settings: FailoverSettings = {
    mode,
    recoverAfterSeconds: 60,
    probesInARow: 1,
    leastSecondsBetweenProbes: 40,
    guards: guardsSchema.parse(guards),
    alarmRegions: [],
    awsAccountId: "000000000000",
    alarmReadRoleArns: {},
  };
  const url = "https://ringcx.example.com";
  const onUnreadable = () => {};
  return {
    table,
    clock,
    random,
    settings,
    activation: createActivationStore({ table, clock }),
    blastRadius: createBlastRadius({ table, clock, random, settings: settings.guards.blastRadius, onUnreadable }),
    connections: connectionsSchema.parse([
      { name: "main", accountIds, ringcxUrl: url, platformUrl: url, secretId: "main" },
    ]),
    findAlarmTags: async () => ({ tags: [], unread: [] }),
    onUnreadable,
    logger: { warn: () => {}, error: () => {} },
    sqs: { send: async () => ({}) },
    alarmQueueUrl: "alarms",
  };
}
