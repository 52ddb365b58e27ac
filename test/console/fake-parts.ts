import type { ActionName } from "../../console/actions.ts";
import { startServer } from "../../console/server.ts";
import type { Snapshot } from "../../console/snapshot.ts";
import type { TimelineEntry } from "../../console/timeline.ts";

export const hostile = '<img src="x" onerror="document.title = 1">';

/** The console in front of a system of which nothing runs: one service is out, one secret has a newer version. */
export async function startFakeConsole(entries: readonly TimelineEntry[] = []) {
  const pressed: ActionName[] = [];
  const on = new Set<ActionName>();
  const name = (serviceDescription: string) => ({ accountId: "123456", groupName: "CRM", serviceDescription });
  const plain = {
    since: undefined,
    isSinceSeen: false,
    unreadable: [],
    pending: undefined,
    over: undefined,
    holds: [],
    typed: "CRM/Send",
    needsPerson: [],
    isHalfMade: false,
    isSuppressed: false,
    isWatched: true,
  };
  const now = Date.UTC(2030, 0, 1, 12);
  const snapshot = async (since: number): Promise<Snapshot> => ({
    status: {
      environment: "local",
      at: new Date(now).toISOString(),
      accounts: [
        {
          accountId: "123456",
          services: [
            {
              ...plain,
              name: name(hostile),
              state: "inactive",
              reasons: [
                { why: "outage since noon", since: "", ends: "no alarm fires", command: "", needsPerson: false },
              ],
            },
            { ...plain, name: name("Send"), state: "active", reasons: [] },
          ],
        },
      ],
      unreadable: [],
      ownFaults: [],
      queues: { Provisioning: 3, Reject: 0, Command: 0, CommandReject: 0, Alarm: 0 },
      waiting: [],
      quota: [],
      rotations: undefined,
      underWay: [],
      unfinished: [],
      outcomes: [],
    },
    needsPerson: ["a person is asked for"],
    secrets: [
      {
        name: "crm/oauth",
        current: "22222222-0000",
        pending: undefined,
        authConfigs: [{ accountId: "123456", providerName: "CRM OAuth", versionIds: ["11111111-0000"] }],
      },
      {
        name: "production/crm-enrichment/oauth-client-of-the-second-region",
        current: "22222222-0000",
        pending: "33333333-0000",
        authConfigs: [
          { accountId: "123456", providerName: "CRM_OAuth_of_the_second_region", versionIds: ["11111111-0000"] },
        ],
      },
    ],
    now,
    requests: [[now - 1_000, "123456", false]],
    entries: entries.filter(({ number }) => number > since),
    on: [...on],
  });
  const server = await startServer({
    snapshot,
    async act(action) {
      pressed.push(action);
      on.add(action);
      return `${action} was done`;
    },
  });
  return { ...server, pressed };
}
