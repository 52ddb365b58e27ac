import { describe, expect, it, vi } from "vitest";
import { credentialConcerns } from "../../../../functions/rotate-credentials/report/credential-concerns.ts";
import type { Reported, SecretFinding } from "../../../../functions/rotate-credentials/report/reported.ts";
import { createReport, saveReport } from "../../../../functions/rotate-credentials/report/rotation-report.ts";
import type { CredentialRecord } from "../../../../shared/records/credential/auth-config-state.ts";
import { readRotationReport } from "../../../../shared/records/credential/rotation-report.ts";
import { MemoryStateTable } from "../../../../shared/state/memory-table.ts";
import { testClock } from "../../../support/client-fakes.ts";
import { aged, dayMs, never, now, secret } from "../records.ts";

const wrongTag: SecretFinding = {
  secret: "crm",
  secretArn: "arn",
  problem: { topic: "ringcx:overlap", kind: "TAG_WRONG", message: "wrong tag", hint: "" },
  since: undefined,
};

describe("what needs attention", () => {
  it("is a credential that is older than its secret allows, also one that never reached RingCX", () => {
    expect(credentialConcerns(secret, aged(91), { now, isCurrentRevoked: false })).toEqual(["OVERDUE"]);
    expect(credentialConcerns(secret, aged(90), { now, isCurrentRevoked: false })).toEqual([]);
    expect(credentialConcerns(secret, never, { now, isCurrentRevoked: false })).toEqual(["OVERDUE"]);
    expect(credentialConcerns({ ...secret, tags: {} }, aged(9999), { now, isCurrentRevoked: false })).toEqual([]);
  });

  it("is not a version that waits for its proof: that ends by itself", () => {
    const failure = { versionId: "v2", code: "PROOF_PENDING", attempts: 2, retryAt: 0 };
    const waiting = { ...aged(1), failure };
    expect(credentialConcerns(secret, waiting, { now, isCurrentRevoked: false })).toEqual(["PROOF_PENDING"]);
    const bindings = [{ secretArn: "arn", connection: "main", accountId: "1", authType: "APIKEY", authConfigId: "a" }];
    const secretRecords = { bindings: [], credentials: [], requestedVersionId: undefined };
    const boundSecrets = [{ secret, secretRecords, bindings, records: [waiting], problems: [] }];
    const reported = { boundSecrets, secretFindings: [], audits: new Map(), followed: [] } as unknown as Reported;
    expect(createReport(reported, now)).toMatchObject({
      failing: 0,
      lines: [{ concerns: ["PROOF_PENDING"], problem: expect.stringContaining("PROOF_PENDING") }],
    });
  });

  it("stands in the report, with the age, the version and the reason", () => {
    const diverged: CredentialRecord = {
      ...never,
      state: {
        kind: "DIVERGED",
        since: "",
        why: "",
        before: { versionId: "v1", at: new Date(now - dayMs).toISOString(), verification: "none" },
      },
      failure: { versionId: "v2", code: "RINGCX_UNAVAILABLE", attempts: 2, retryAt: 0 },
    };
    const binding = {
      secretArn: "arn",
      connection: "main",
      accountId: "1",
      authType: "APIKEY",
      providerName: "CRM",
    } as const;
    const bindings = ["a", "b", "c"].map((authConfigId) => ({ ...binding, authConfigId }));
    const secretRecords = { bindings: [], credentials: [], requestedVersionId: undefined };
    const records = [aged(100), diverged, aged(1)];
    const boundSecrets = [{ secret, secretRecords, bindings, records, problems: [] }];
    const report = createReport({ boundSecrets, secretFindings: [wrongTag], audits: new Map(), followed: [] }, now);
    expect(report).toMatchObject({
      authConfigs: 3,
      overdue: 1,
      diverged: 1,
      failing: 1,
      notFollowed: 1,
      refused: [{ secret: "crm", problem: "wrong tag", kind: "TAG_WRONG" }],
    });
    expect(report.lines).toMatchObject([
      { authConfigId: "a", concerns: ["OVERDUE"], versionId: "v1", ageHours: 2400, rotateWithin: "90d" },
      { authConfigId: "b", concerns: ["DIVERGED", "FAILING"], ageHours: 24, failure: "RINGCX_UNAVAILABLE" },
    ]);
  });

  it("is kept for whoever asks, and logged when there is any", async () => {
    const table = new MemoryStateTable();
    const warn = vi.fn();
    const dependencies = { table, clock: testClock(now), logger: { warn } };
    const bound = { secret, secretRecords: { bindings: [], credentials: [], requestedVersionId: undefined } };
    const secrets = [{ ...bound, bindings: [], records: [], problems: [] }];
    const reported = { boundSecrets: secrets, secretFindings: [wrongTag], audits: new Map(), followed: [] };
    const report = await saveReport(dependencies, reported);
    expect(await readRotationReport(table)).toEqual(report);
    expect(warn).toHaveBeenCalledWith("credentials need attention", { report });
  });
});
