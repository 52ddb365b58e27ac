import { expect, it } from "vitest";
import { withApplied } from "../../../../shared/records/credential/with-applied.ts";
import { ago, never } from "../records.ts";

it("a credential does not get younger when the same version is applied again", () => {
  const record = withApplied(never, { versionId: "v1", at: ago(5000), verification: "metadata" });
  expect(withApplied(record, { versionId: "v1", at: ago(0), verification: "endpoint" }).state).toMatchObject({
    applied: { at: ago(5000) },
  });
});
