import fc from "fast-check";
import { expect, test } from "vitest";
import { lastAppliedVersion } from "../../../../shared/records/credential/auth-config-state.ts";
import { withApplied } from "../../../../shared/records/credential/with-applied.ts";
import { never } from "../../../functions/rotate-credentials/records.ts";

const answers = ["ACCEPTED", "REFUSED", "COULD_NOT_BE_ASKED", "NOT_PROVABLE", undefined] as const;
const writes = fc.array(
  fc.record({ versionId: fc.constantFrom("v1", "v2", "v3"), proofAnswer: fc.constantFrom(...answers) }),
  { minLength: 1, maxLength: 9 },
);

test("whoever writes a version again, what its endpoints have said of it is replaced by their own word alone", () => {
  fc.assert(
    fc.property(writes, (all) => {
      const said = new Map<string, (typeof answers)[number]>();
      let record = never;
      for (const { versionId, proofAnswer } of all) {
        const before = said.get(versionId);
        record = withApplied(record, {
          versionId,
          at: "2026-01-01T00:00:00.000Z",
          verification: "metadata",
          proofAnswer,
        });
        const now = lastAppliedVersion(record.state)?.proofAnswer;
        said.set(versionId, now);
        const isWord = proofAnswer === "ACCEPTED" || proofAnswer === "REFUSED";
        if (isWord) expect(now).toBe(proofAnswer);
        else if (before !== undefined && before !== "NOT_PROVABLE") expect(now).toBe(before);
        else expect(now).toBe(proofAnswer ?? before);
      }
    }),
  );
});
