import {
  DeleteSecretCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import fc from "fast-check";
import type { Secret } from "../../../infra/local/secrets-manager/secret.ts";
import { RingCxUnavailableError } from "../../../shared/ringcx/resources/errors.ts";
import { CrashPoint, FailurePoint } from "../../support/crash.ts";
import { type Fixture, rotationSteps, startFixture } from "./fixture.ts";

const issuerArn = "arn:aws:lambda:eu-central-1:000000000000:function:issuer";
const name = "crm";
const rivalName = "rival";
const minuteMs = 60_000;

/** Where a call goes wrong, counted from 1, and how: the process dies, or lives on. */
const fault = fc.record({
  call: fc.integer({ min: 1, max: 40 }),
  how: fc.constantFrom("dies before", "dies after", "throttled", "answer lost", "RingCX out of reach"),
});
const maybeFault = fc.option(fault, { nil: undefined, freq: 3 });
const which = fc.nat({ max: 9 });

const changes = {
  put: fc.record({ isGood: fc.boolean() }),
  // The value of a version that is there, under a new one.
  "put again": fc.record({ which }),
  "put pending": fc.record({ isGood: fc.boolean() }),
  "move AWSCURRENT": fc.record({ which }),
  "take AWSPENDING off": fc.record({}),
  rotate: fc.record({ steps: fc.integer({ min: 1, max: 4 }), fault: maybeFault }),
  tick: fc.record({ fault: maybeFault }),
  wait: fc.record({ minutes: fc.constantFrom(1, 12, 25, 70) }),
  delete: fc.record({ isForGood: fc.boolean() }),
  restore: fc.record({}),
  "make again": fc.record({ isGood: fc.boolean() }),
  tag: fc.constantFrom(
    { key: "ringcx:connection", value: undefined },
    { key: "ringcx:auth-config", value: undefined },
    { key: "ringcx:auth-config", value: "first" },
    { key: "ringcx:accounts", value: "999999" },
    { key: "ringcx:prove-within", value: "5m" },
    { key: "ringcx:rotate-every", value: "2h" },
    { key: "ringcx:overlap", value: "1m" },
    { key: "ringcx:accept-unproven", value: "current" },
  ),
  "tags as they were": fc.record({}),
  // Another secret, which names one of the auth configs too.
  rival: fc.record({ which, what: fc.constantFrom("claims", "puts", "lets go", "is deleted") }),
  endpoint: fc.record({ isDown: fc.boolean() }),
  issuer: fc.record({ is: fc.constantFrom("well", "slow", "create", "verify", "revoke", "one id") }),
  "RingCX fails": fc.record({ kind: fc.constantFrom("status", "lost-answer", "drop"), times: fc.nat({ max: 8 }) }),
};
type Changes = { [Kind in keyof typeof changes]: { do: Kind } & ArbitraryOf<(typeof changes)[Kind]> };
type ArbitraryOf<Type> = Type extends fc.Arbitrary<infer Value> ? Value : never;
/** One thing that people, the schedule or the world do. */
export type HistoryChange = Changes[keyof Changes];

/** What may happen to a secret that feeds auth configs, in any order. */
export const history: fc.Arbitrary<HistoryChange[]> = fc.array(
  fc.oneof(
    ...Object.entries(changes).map(([kind, arbitrary]) => ({
      weight: kind === "tick" ? 6 : kind === "rotate" || kind === "put" ? 3 : 1,
      arbitrary: (arbitrary as fc.Arbitrary<object>).map((change) => ({ do: kind, ...change }) as HistoryChange),
    })),
  ),
  { minLength: 1, maxLength: 14 },
);

const aws = (errorName: string) => () => Object.assign(new Error(errorName), { name: errorName, $fault: "server" });

function pointOf({ call, how }: { call: number; how: string }): CrashPoint {
  switch (how) {
    case "dies before":
      return new CrashPoint(call, "before");
    case "dies after":
      return new CrashPoint(call, "after");
    case "throttled":
      return new FailurePoint(call, "before", aws("ThrottlingException"));
    case "answer lost":
      return new FailurePoint(call, "after", aws("TimeoutError"));
    default: {
      const facts = { operation: "test", permission: "", ids: {}, reason: "503" };
      return new FailurePoint(call, "before", () => new RingCxUnavailableError(facts));
    }
  }
}

/** A world with one secret, which feeds some auth configs of live services, whose endpoint knows what is valid. */
export async function startWorld(authConfigs: number) {
  const fixture: Fixture = await startFixture();
  const { script, issuer, secrets, store, clock, simulator } = fixture;
  const ids: string[] = [];
  for (let made = 0; made < authConfigs; made += 1) ids.push(await fixture.createAuthConfig("APIKEY"));
  const tags = {
    "ringcx:connection": "main",
    "ringcx:accounts": "123456",
    "ringcx:auth-config": ids.join(" "),
    "ringcx:auth-type": "APIKEY",
    "ringcx:issuer": issuerArn,
  };
  let endpointIsDown = false;
  let count = 0;
  const value = (isGood: boolean) => {
    count += 1;
    return { apiKey: `${isGood ? "good" : "bad"}-${count}` };
  };
  const keyOf = (secret: Secret, versionId: string | undefined): string | undefined => {
    const text = versionId === undefined ? undefined : secret.versions.get(versionId)?.value?.string;
    return text === undefined ? undefined : JSON.parse(text).apiKey;
  };
  const isValid = (key: string | undefined) =>
    key?.startsWith("issued-") ? issuer.valid.has(key.replace("issued-", "id-")) : key?.startsWith("good-") === true;
  script.verifyAtEndpoint = async ({ secretArn }, { versionId }) => {
    if (endpointIsDown) return { kind: "COULD_NOT_BE_ASKED", reason: "503" };
    const isAccepted = isValid(keyOf(store.get(secretArn, { evenDeleted: true }), versionId));
    return isAccepted ? { kind: "ACCEPTED" } : { kind: "REFUSED", reason: "401" };
  };
  const { create } = issuer;
  let issuerIsSlow = false;
  let hasOneId = false;
  issuer.create = async (...request) => {
    if (issuerIsSlow) await clock.sleep(4 * minuteMs);
    const made = await create(...request);
    const [, current] = request;
    if (!hasOneId || current === null) return made;
    issuer.valid.delete(made.credentialId);
    return { ...made, credentialId: current };
  };

  const makeSecret = async (isGood: boolean) => {
    const made = await fixture.createSecret({ name, value: value(isGood), tags });
    store.get(made.arn).rotation = {
      isEnabled: true,
      functionArn: "arn:aws:lambda:eu-central-1:000000000000:function:r",
    };
  };
  await makeSecret(true);
  /** By its name: it may have been made again. */
  const secret = () => store.find(name);

  async function applyRival({ which, what }: Changes["rival"]): Promise<void> {
    const rival = store.find(rivalName);
    const claimed = ids[which % ids.length] ?? "";
    switch (what) {
      case "claims": {
        if (rival) return fixture.tag(rival.arn, "ringcx:auth-config", claimed);
        const claim = { "ringcx:auth-config": claimed, "ringcx:auth-type": "APIKEY" };
        return void (await fixture.createSecret({ name: rivalName, value: value(true), tags: claim }));
      }
      case "puts":
        return rival && void (await fixture.putVersion(rival.arn, value(true)));
      case "lets go":
        return rival && fixture.tag(rival.arn, "ringcx:auth-config");
      default:
        if (!rival) return;
        await secrets.send(new DeleteSecretCommand({ SecretId: rival.arn, ForceDeleteWithoutRecovery: true }));
    }
  }

  async function runSteps(token: string, steps: number, point?: CrashPoint) {
    const arn = secret()?.arn ?? "";
    for (const step of rotationSteps.slice(0, steps)) await fixture.step(step, { arn, token }, point);
  }

  async function tick(point?: CrashPoint) {
    fixture.begun.length = 0;
    const report = await fixture.tick(point).catch((error: unknown) => {
      if (point === undefined) throw error;
      return undefined;
    });
    // As Secrets Manager does with a rotation that our own schedule asked for.
    for (const { token } of fixture.begun.splice(0)) await runSteps(token, 4).catch(() => {});
    return report;
  }

  const tagValue = (text: string | undefined, current: string) =>
    text === "current" ? current : text === "first" ? ids[0] : text;

  async function apply(change: HistoryChange): Promise<void> {
    const found = secret();
    switch (change.do) {
      case "tick":
        return void (await tick(change.fault && pointOf(change.fault)));
      case "wait":
        return clock.sleep(change.minutes * minuteMs);
      case "endpoint":
        endpointIsDown = change.isDown;
        return;
      case "issuer":
        issuerIsSlow = change.is === "slow";
        hasOneId = change.is === "one id";
        issuer.script.fail = ["create", "verify", "revoke"].find((action) => action === change.is);
        return;
      case "RingCX fails": {
        const { kind, times } = change;
        simulator.faults.add(
          kind === "status" ? { kind, status: 503, times } : { kind, times, match: { method: "PATCH" } },
        );
        return;
      }
      case "rival":
        return applyRival(change);
      case "make again":
        return found ? undefined : makeSecret(change.isGood);
    }
    if (!found) return;
    const { arn } = found;
    if (change.do === "restore") return void (await secrets.send(new RestoreSecretCommand({ SecretId: arn })));
    if (found.deletedAt !== undefined) return;
    const { current = "", pending } = fixture.labels(arn);
    switch (change.do) {
      case "put":
        return void (await fixture.putVersion(arn, value(change.isGood)));
      case "put again": {
        const texts = [...found.versions.values()].flatMap((version) => version.value?.string ?? []);
        const text = texts[change.which % texts.length];
        return text === undefined ? undefined : void (await fixture.putVersion(arn, JSON.parse(text)));
      }
      case "put pending": {
        const SecretString = JSON.stringify(value(change.isGood));
        return void (await secrets.send(
          new PutSecretValueCommand({ SecretId: arn, SecretString, VersionStages: ["AWSPENDING"] }),
        ));
      }
      case "move AWSCURRENT": {
        const filled = [...found.versions.values()].filter((version) => version.value);
        const to = filled[change.which % filled.length]?.versionId;
        return to === undefined || to === current ? undefined : fixture.makeCurrent(arn, to, current);
      }
      case "take AWSPENDING off": {
        const VersionStage = "AWSPENDING";
        if (pending === undefined) return;
        return void (await secrets.send(
          new UpdateSecretVersionStageCommand({ SecretId: arn, VersionStage, RemoveFromVersionId: pending }),
        ));
      }
      case "rotate":
        return runSteps(fixture.begin(arn).token, change.steps, change.fault && pointOf(change.fault)).catch(() => {});
      case "delete":
        return void (await secrets.send(
          new DeleteSecretCommand({ SecretId: arn, ...(change.isForGood && { ForceDeleteWithoutRecovery: true }) }),
        ));
      case "tag":
        return fixture.tag(arn, change.key, tagValue(change.value, current));
      case "tags as they were":
        for (const [key, text] of Object.entries(tags)) await fixture.tag(arn, key, text);
    }
  }

  const currentOf = (found: Secret | undefined) => found && keyOf(found, fixture.labels(found.arn).current);

  return {
    fixture,
    ids,
    tick,
    apply,
    isValid,
    keysInForce: () => ids.map((id) => fixture.inForce(id)?.apiKey as string),
    /** What Secrets Manager calls current. */
    currentKey: () => currentOf(secret()),
    /** What it calls current of the other secret, and the auth config that this one names. */
    rival: () => {
      const rival = store.find(rivalName);
      return { key: currentOf(rival), claims: rival?.tags.get("ringcx:auth-config") };
    },
    /** Every fault is over, but for what stays; the secret is there. */
    async mend({
      endpointStaysDown,
      rivalStays,
      tagsStay,
    }: Record<"endpointStaysDown" | "rivalStays" | "tagsStay", boolean>) {
      if (!rivalStays) await apply({ do: "rival", which: 0, what: "lets go" });
      await apply({ do: "endpoint", isDown: endpointStaysDown });
      await apply({ do: "issuer", is: "well" });
      simulator.faults.clear();
      if (secret()?.deletedAt !== undefined) await apply({ do: "restore" });
      await apply({ do: "make again", isGood: true });
      if (!tagsStay) await apply({ do: "tags as they were" });
    },
  };
}
