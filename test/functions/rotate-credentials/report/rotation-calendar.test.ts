import { describe, expect, it } from "vitest";
import { createCalendar } from "../../../../functions/rotate-credentials/report/rotation-calendar.ts";
import type { CredentialRecord } from "../../../../shared/records/credential/auth-config-state.ts";
import type { SecretDescription } from "../../../../shared/secrets/read-secret.ts";
import { aged, ago, dayMs, never, now, secret } from "../records.ts";

function bound(changes: Partial<SecretDescription>, records: CredentialRecord[]) {
  const binding = {
    secretArn: "arn",
    connection: "main",
    accountId: "1",
    authType: "APIKEY",
    providerName: "",
  } as const;
  const bindings = records.map((_, index) => ({ ...binding, authConfigId: `${index}` }));
  const secretRecords = { bindings: [], credentials: [], requestedVersionId: undefined };
  return { secret: { ...secret, ...changes }, secretRecords, bindings, records, problems: [] };
}

const lineOf = (changes: Partial<SecretDescription>, records: CredentialRecord[]) =>
  createCalendar({ boundSecrets: [bound(changes, records)], followed: [], secretFindings: [] }, now)[0];

describe("the calendar of rotations", () => {
  it("says age, limit, next rotation and the weakest proof", () => {
    const proven = aged(3);
    const endpoint: CredentialRecord = {
      ...proven,
      state: { kind: "APPLIED", applied: { versionId: "v1", at: ago(3 * dayMs), verification: "endpoint" } },
    };
    expect(lineOf({ nextRotationAt: now + 28 * dayMs }, [endpoint, aged(10)])).toEqual({
      secret: "crm",
      ageHours: 240,
      rotateWithin: "90d",
      overdueAt: ago(-80 * dayMs),
      rotateEvery: "30d",
      next: ago(-20 * dayMs),
      shown: ago(-28 * dayMs),
      isShownWrong: true,
      proof: "metadata",
    });
    expect(lineOf({}, [endpoint])).toMatchObject({ proof: "endpoint" });
    expect(lineOf({}, [never])).toMatchObject({ ageHours: undefined, next: undefined, proof: undefined });
  });

  it.each<[string, number | undefined, boolean]>([
    ["1,000 days, as it was once", now + 1000 * dayMs, true],
    ["nothing", undefined, true],
    ["a day before ours, when it rotates", now + 19 * dayMs, false],
    ["a day behind ours", now + 21 * dayMs, false],
    ["the end of that day", now + 22 * dayMs, false],
  ])("says whether what Secrets Manager shows is true: %s", (_what, nextRotationAt, isShownWrong) => {
    expect(lineOf({ nextRotationAt }, [aged(10)])).toMatchObject({ isShownWrong });
  });

  it("takes what Secrets Manager shows for true where our schedule does not rotate", () => {
    expect(lineOf({ tags: {}, nextRotationAt: now + dayMs }, [aged(10)])).toMatchObject({ isShownWrong: false });
    expect(lineOf({ hasRotation: false }, [aged(10)])).toMatchObject({ next: undefined, isShownWrong: false });
  });

  it("has what is next first, and no more than an item takes", () => {
    const many = Array.from({ length: 2_000 }, (_, index) =>
      bound({ name: `${index}`.padStart(200, "s") }, [aged(index % 30)]),
    );
    const calendar = createCalendar({ boundSecrets: many, followed: [], secretFindings: [] }, now);
    expect(calendar[0]).toMatchObject({ ageHours: 29 * 24 });
    expect(JSON.stringify(calendar).length).toBeLessThan(400_000);
    expect(calendar.length).toBeGreaterThan(500);
  });
});
