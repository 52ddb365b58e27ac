import { DeleteSecretCommand } from "@aws-sdk/client-secrets-manager";
import { expect } from "vitest";
import { AutomationError } from "../../../shared/primitives/errors.ts";
import { authConfigStateKey } from "../../../shared/records/credential/auth-config-state.ts";
import { credentials } from "./credentials.ts";
import { accountId, type Fixture, rotationSteps } from "./fixture.ts";

const right = "https://crm.example.com/lookup";
const wrong = "https://other.example.net/lookup";
const stranger = "60629848-0ddf-4757-8868-de5b76d54bb7";

/** The one of the test that runs. */
let fixture: Fixture;

/** Before each test. */
export function useFixture(one: Fixture): void {
  fixture = one;
  endFault = () => {};
}

/** Takes the steps of what our schedule has begun, as Secrets Manager does. */
export async function ticks(count: number) {
  let report = await fixture.tick();
  for (let tick = 1; tick < count; tick += 1) {
    for (const rotation of fixture.begun.splice(0)) await steps(rotation);
    report = await fixture.tick();
  }
  return report;
}

async function steps(rotation: { arn: string; token: string }) {
  try {
    for (const step of rotationSteps) await fixture.step(step, rotation);
  } catch {
    // It is told by its outcome.
  }
}

export async function healthy() {
  const bound = await fixture.rotated("APIKEY", { "ringcx:hosts": "crm.example.com", "ringcx:overlap": "1m" });
  const service = await fixture.addService("lookup", right, bound.authConfigId);
  const second = await fixture.createAuthConfig("APIKEY");
  await ticks(4);
  fixture.published.length = 0;
  return { ...bound, service, second };
}

type Healthy = Awaited<ReturnType<typeof healthy>>;
export type Deed = (bound: Healthy) => unknown;

export const tag =
  (key: string, value?: string): Deed =>
  ({ arn }) =>
    fixture.tag(arn, key, value);
/** With what its issuer calls it: without an id of its own it would hold back what is to be revoked. */
const put =
  (value: unknown): Deed =>
  async ({ arn }) => {
    const versionId = await fixture.putVersion(arn, value);
    await fixture.tag(arn, "ringcx:credential-id", `id-${versionId}`);
  };
const putGood = put(credentials.APIKEY.value("good"));
const all =
  (...deeds: Deed[]): Deed =>
  async (bound) => {
    for (const deed of deeds) await deed(bound);
  };
const answers =
  (kind: "REFUSED" | "COULD_NOT_BE_ASKED" | "NOT_PROVABLE"): Deed =>
  () => {
    fixture.script.verifyAtEndpoint = async () => ({ kind, reason: "it says so" });
  };
const rotate: Deed = ({ arn }) => steps(fixture.begin(arn));
/** What ends what it does to Secrets Manager. */
let endFault = () => {};
const fails =
  (command: string): Deed =>
  () => {
    let isOn = true;
    fixture.secrets.middlewareStack.add((next, { commandName }) => async (request) => {
      if (isOn && commandName === command) throw Object.assign(new Error("no"), { name: "AccessDeniedException" });
      return next(request);
    });
    endFault = () => {
      isOn = false;
    };
  };
/** A rotation of which neither the new version nor the one before can be confirmed. */
const unanswered =
  (times: number | "always"): Deed =>
  () => {
    fixture.simulator.faults.add({ kind: "lost-answer", times: 4, match: { method: "PATCH" } });
    fixture.simulator.faults.add({ kind: "status", status: 503, times, match: { method: "PATCH" } });
    endFault = () => fixture.simulator.faults.clear();
  };
const revocationFails =
  (isOn: boolean): Deed =>
  () => {
    fixture.issuer.script.fail = isOn ? "revoke" : undefined;
  };
const creationFails: Deed = () => {
  fixture.issuer.create = async () => {
    throw new AutomationError("no", { code: "ISSUER_FAILED" });
  };
};

/** It is written unproven, and revokes nothing before an endpoint has accepted it. */
const waivedAndProven: Deed = async ({ arn }) => {
  await fixture.tag(arn, "ringcx:accept-unproven", fixture.labels(arn).current);
  await ticks(1);
  fixture.script.verifyAtEndpoint = async () => ({ kind: "ACCEPTED" });
};

/** What goes wrong; how it is mended; what the first outcome of it says. */
export const problems: Record<string, { damage: Deed; mend: Deed; begun: string }> = {
  "a tag": { damage: tag("ringcx:prove-within", "soon"), mend: tag("ringcx:prove-within"), begun: "TAG_WRONG" },
  "a binding that is refused": {
    damage: ({ arn, authConfigId }) =>
      fixture.tag(arn, "ringcx:auth-config", `${accountId}/${authConfigId} 999999/${stranger}`),
    mend: ({ arn, authConfigId }) => fixture.tag(arn, "ringcx:auth-config", authConfigId),
    begun: "BINDING_REFUSED",
  },
  "a secret that cannot be rotated": {
    damage: async ({ arn }) => {
      await fixture.tag(arn, "ringcx:rotate-every", "30d");
      fixture.store.get(arn).rotation = { isEnabled: false };
    },
    mend: tag("ringcx:rotate-every"),
    begun: "NOT_ROTATED",
  },
  "a credential that is not revoked": {
    damage: all(rotate, rotate, revocationFails(true), () => ticks(7)),
    mend: revocationFails(false),
    begun: "NOT_REVOKED",
  },
  "an item that cannot be read": {
    damage: ({ authConfigId }) => fixture.table.update(authConfigStateKey(accountId, authConfigId), { status: "NONE" }),
    mend: ({ authConfigId }) =>
      fixture.table.update(authConfigStateKey(accountId, authConfigId), { status: "APPLIED" }),
    begun: "ITEM_UNREADABLE",
  },
  "a secret that names its auth config no more": {
    damage: tag("ringcx:auth-config"),
    mend: ({ arn, authConfigId }) => fixture.tag(arn, "ringcx:auth-config", authConfigId),
    begun: "UNBOUND",
  },
  "a rotation of a secret that feeds nothing": {
    damage: all(tag("ringcx:auth-config"), rotate),
    mend: ({ arn, authConfigId }) => fixture.tag(arn, "ringcx:auth-config", authConfigId),
    begun: "NOT_ROTATED",
  },
  "a change by somebody else": {
    damage: ({ authConfigId }) => fixture.editAuthConfig(authConfigId, { apiKey: "theirs" }),
    mend: putGood,
    begun: "CHANGED",
  },
  "a credential that is too old": {
    damage: tag("ringcx:rotate-within", "1m"),
    mend: tag("ringcx:rotate-within"),
    begun: "OVERDUE",
  },
  "a version without its fields": { damage: put({ apiKye: "x" }), mend: putGood, begun: "SECRET_INVALID" },
  "a version that is refused": {
    damage: all(answers("REFUSED"), put(credentials.APIKEY.value("bad"))),
    mend: all(answers("NOT_PROVABLE"), putGood),
    begun: "CREDENTIAL_REFUSED",
  },
  "a version that a person goes back from": {
    damage: all(answers("REFUSED"), put(credentials.APIKEY.value("bad"))),
    mend: ({ arn, versionId }) => fixture.makeCurrent(arn, versionId, fixture.labels(arn).current ?? ""),
    begun: "CREDENTIAL_REFUSED",
  },
  "a version that waits to be proven": {
    damage: all(answers("COULD_NOT_BE_ASKED"), tag("ringcx:prove-within", "90d"), put(credentials.APIKEY.value("x"))),
    mend: waivedAndProven,
    begun: "PROOF_PENDING",
  },
  "a waiver of another version than the one that waits": {
    damage: async (bound) => {
      await fixture.tag(bound.arn, "ringcx:accept-unproven", bound.versionId);
      await problems["a version that waits to be proven"]?.damage(bound);
    },
    mend: waivedAndProven,
    begun: "TAG_WRONG",
  },
  "an auth config that is not there": {
    damage: ({ arn, authConfigId }) => fixture.tag(arn, "ringcx:auth-config", `${authConfigId} ${stranger}`),
    mend: ({ arn, authConfigId }) => fixture.tag(arn, "ringcx:auth-config", authConfigId),
    begun: "BINDING_WRONG",
  },
  "a rotation that Secrets Manager refuses": {
    damage: all(fails("RotateSecretCommand"), tag("ringcx:rotate-every", "1m")),
    mend: tag("ringcx:rotate-every"),
    begun: "ROTATION_NOT_STARTED",
  },
  "a rotation of our own schedule that fails": {
    damage: all(creationFails, tag("ringcx:rotate-every", "1m")),
    mend: tag("ringcx:rotate-every"),
    begun: "ISSUER_FAILED",
  },
  "a rotation of a person that fails": { damage: all(creationFails, rotate), mend: () => {}, begun: "ISSUER_FAILED" },
  "a credential that is not known, of an auth config that is named no more": {
    damage: all(unanswered(4), rotate, tag("ringcx:auth-config")),
    mend: ({ arn, authConfigId }) => fixture.tag(arn, "ringcx:auth-config", authConfigId),
    begun: "UNBOUND",
  },
  "a credential that is not known while RingCX takes none": {
    damage: all(unanswered("always"), rotate),
    mend: () => endFault(),
    begun: "RINGCX_UNAVAILABLE",
  },
  "an edge": {
    damage: ({ service }) => service.move(wrong),
    mend: ({ service }) => service.move(right),
    begun: "confinement",
  },
  "an edge that keeps a version from being written": {
    damage: all(({ service }) => service.move(wrong), put(credentials.APIKEY.value("next"))),
    mend: ({ service }) => service.move(right),
    begun: "EDGE_NOT_PERMITTED",
  },
};

export function destroy(arn: string) {
  return fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn, ForceDeleteWithoutRecovery: true }));
}

export async function removeAuthConfig({ authConfigId, service }: Healthy) {
  service.link(undefined);
  await fixture.editAuthConfig(authConfigId);
}

/** Nothing is left that anything could be wrong about. */
export async function bury(bound: Healthy) {
  endFault();
  const { arn, authConfigId, second } = bound;
  await fixture.table.update(authConfigStateKey(accountId, authConfigId), { status: "APPLIED" });
  await destroy(arn).catch(() => undefined);
  await removeAuthConfig(bound).catch(() => undefined);
  await fixture.editAuthConfig(second).catch(() => undefined);
  return ticks(8);
}

/** What was told of each thing that went wrong, in order, by what it is about: `begun` and `ended`, or `applied`. */
export function stories(): Record<string, string[]> {
  const stories: Record<string, string[]> = {};
  const note = (subject: string, what: string) => {
    stories[subject] = [...(stories[subject] ?? []), what];
  };
  for (const { cause, status, details, resources } of fixture.published) {
    if (cause.type === "ringcx.rotation") {
      note(`failure of ${resources?.[0]?.ids?.authConfigId}`, status === "SUCCEEDED" ? "applied" : "begun");
    } else if (details?.topic === "FAILURE") {
      note(`failure of ${resources?.[0]?.ids?.authConfigId}`, "ended");
    } else {
      note(cause.id.split("/").slice(0, -1).join("/"), cause.id.split("/").at(-1) ?? "");
    }
  }
  return stories;
}

/** A failure may be told again before it ends, with another cause or version; all else is told once. */
export function expectEnded() {
  for (const [subject, told] of Object.entries(stories())) {
    if (subject.startsWith("failure"))
      expect(told.join(" "), subject).toMatch(
        /^applied( applied)*$|^((applied )*(begun )+(ended|applied) ?)+( ?applied)*$/,
      );
    // A credential whose secret is gone is told once.
    else expect(told, subject).toEqual(told.includes("left") ? ["left"] : ["begun", "ended"]);
  }
}

/** Of a report. */
export const nothing = { overdue: 0, diverged: 0, failing: 0, notFollowed: 0, changed: 0, edgesNotPermitted: 0 };
export const isToldOf = (begun: string) =>
  fixture.published.some(
    ({ cause, details }) => details?.kind === begun || details?.reason === begun || cause.type.endsWith(`.${begun}`),
  );
