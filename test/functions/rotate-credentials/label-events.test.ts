import {
  DeleteSecretCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isChosen } from "../../support/runs.ts";
import { type Fixture, rotationSteps, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
});
afterEach(() => fixture.stop());

interface Rotating {
  arn: string;
  token: string;
  versionId: string;
}

const takeOff = ({ arn, token }: Rotating) =>
  fixture.secrets.send(
    new UpdateSecretVersionStageCommand({ SecretId: arn, VersionStage: "AWSPENDING", RemoveFromVersionId: token }),
  );
const remove = ({ arn }: Rotating) => fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn }));
const restore = ({ arn }: Rotating) => fixture.secrets.send(new RestoreSecretCommand({ SecretId: arn }));
const untag = ({ arn }: Rotating) => fixture.tag(arn, "ringcx:connection");
const tagAgain = ({ arn }: Rotating) => fixture.tag(arn, "ringcx:connection", "main");

const lost = { begun: "REFUSED ROTATION_NOT_PENDING", written: "PUT_BACK ROTATION_NOT_PENDING" };

/** What somebody does to a secret in the middle of its rotation; the one outcome that is told, by how far it had come. */
interface LabelEvent {
  happens(rotating: Rotating): Promise<unknown>;
  /** The secret is out of reach until then. */
  ends?(rotating: Rotating): Promise<unknown>;
  /** Before its first step; before RingCX had the candidate; after. Where Secrets Manager goes on with its steps. */
  told: Record<"asked" | "begun" | "written", string>;
  /** The same where it calls none any more, and only the schedule looks. @default as told */
  toldBySync?: Partial<Record<"asked" | "begun" | "written", string>>;
}

const died = { begun: "REFUSED ROTATION_DIED", written: "PUT_BACK ROTATION_DIED" };
const applied = { asked: "APPLIED", begun: "APPLIED", written: "APPLIED" };

const events: Readonly<Record<string, LabelEvent>> = {
  "takes the label off": {
    happens: takeOff,
    told: { asked: "REFUSED ROTATION_NOT_PENDING", ...lost },
    // Nothing of it is left anywhere that we could see.
    toldBySync: { asked: "" },
  },
  "gives the label to a version of their own": {
    happens: ({ arn }) =>
      fixture.secrets.send(
        new PutSecretValueCommand({
          SecretId: arn,
          SecretString: '{"apiKey":"theirs"}',
          VersionStages: ["AWSPENDING"],
        }),
      ),
    told: { asked: "REFUSED ROTATION_NOT_PENDING", ...lost },
    toldBySync: { asked: "" },
  },
  "makes the candidate the current one": {
    happens: ({ arn, token, versionId }) => fixture.makeCurrent(arn, token, versionId),
    told: applied,
  },
  "makes a version of their own the current one": {
    happens: ({ arn }) => fixture.putVersion(arn, { apiKey: "theirs" }),
    told: {
      asked: "REFUSED ROTATION_NOT_IN_STEP",
      begun: "PUT_BACK ROTATION_OVERTAKEN",
      written: "PUT_BACK ROTATION_OVERTAKEN",
    },
    toldBySync: { asked: "", begun: "REFUSED ROTATION_OVERTAKEN" },
  },
  "deletes the secret, and restores it later": {
    happens: remove,
    ends: restore,
    told: { asked: "REFUSED SECRET_GONE", begun: "REFUSED SECRET_GONE", written: "DIVERGED SECRET_UNREADABLE" },
    toldBySync: { asked: "", ...died },
  },
  "deletes the secret, and restores it at once": {
    happens: async (rotating) => {
      await remove(rotating);
      await restore(rotating);
    },
    told: applied,
    toldBySync: { asked: "", ...died },
  },
  "takes the secret's tag off, and puts it back later": {
    happens: untag,
    ends: tagAgain,
    told: { asked: "", ...died },
  },
};

const cases = Object.entries(events).flatMap(([who, event], index) =>
  [0, 1, 2, 3].flatMap((taken) =>
    [true, false].map((goesOn) => ({ who, event, taken, goesOn, index: index * 8 + taken * 2 + Number(goesOn) })),
  ),
);

/** How far a rotation is after so many steps. */
const stageAfter = (taken: number) => (taken === 0 ? "asked" : taken === 1 ? "begun" : "written");

const keyOf = (arn: string, versionId = "") =>
  JSON.parse(fixture.store.get(arn).versions.get(versionId)?.value?.string ?? "{}").apiKey;

describe("a rotation in whose middle somebody", () => {
  it.each(
    cases
      // A version without a value cannot become the current one.
      .filter(({ who, taken }) => !(taken === 0 && who === "makes the candidate the current one"))
      .filter(({ index }) => isChosen(index, 8, Math.floor(index / 8) * 3)),
  )(
    "$who after $taken of its steps ends with all in agreement, and one true reason (goes on: $goesOn)",
    async (one) => {
      const { who, event, taken, goesOn } = one;
      const bound = await fixture.rotated("APIKEY");
      const rotating = { ...bound, ...fixture.begin(bound.arn) };
      const { arn, token, authConfigId } = rotating;
      for (const step of rotationSteps.slice(0, taken)) await fixture.step(step, rotating);
      await event.happens(rotating);
      for (const step of goesOn ? rotationSteps.slice(taken) : []) {
        if (
          !(await fixture.step(step, rotating).then(
            () => true,
            () => false,
          ))
        )
          break;
      }
      if (event.ends) {
        for (let tick = 0; tick < 4; tick += 1) await fixture.tick();
        const report = await fixture.tick();
        const [line] = report.lines;
        expect(line?.concerns).toContain("NOT_FOLLOWED");
        // Whoever reads it learns that RingCX may have another one.
        if (stageAfter(taken) === "written") {
          expect(report).toMatchObject({ diverged: 1 });
          expect(line?.problem).toContain(token);
          expect(line?.versionId).not.toBe(rotating.versionId);
        }
        await event.ends(rotating);
      }
      for (let tick = 0; tick < 9; tick += 1) await fixture.tick();

      const { current } = fixture.labels(arn);
      expect(fixture.inForce(authConfigId)?.apiKey).toBe(keyOf(arn, current));
      expect((await fixture.record(authConfigId)).state).toMatchObject({
        kind: "APPLIED",
        applied: { versionId: current },
      });
      // While theirs is in use, nobody says what it is.
      const isHeld = who.includes("of their own");
      if (taken > 0) expect(fixture.issuer.valid.has(`id-${token}`)).toBe(current === token || isHeld);
      const told = fixture.published.filter(
        ({ cause, details }) => cause.type === "ringcx.rotation" && details?.versionId === token,
      );
      const stage = stageAfter(taken);
      const expected = (goesOn ? undefined : event.toldBySync?.[stage]) ?? event.told[stage];
      expect(told.map(({ details }) => `${details?.result} ${details?.reason ?? ""}`.trim())).toEqual(
        expected === "" ? [] : [expected],
      );
      // No label is left that is ours.
      if (told.length > 0) expect(fixture.labels(arn).pending === token && current !== token).toBe(false);
    },
  );
});
