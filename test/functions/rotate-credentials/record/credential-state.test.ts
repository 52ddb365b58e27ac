import { expect, it } from "vitest";
import { withApplied } from "../../../../functions/rotate-credentials/record/credential-state.ts";
import { ago, never } from "../records.ts";

it("a credential does not get younger when the same version is applied again", () => {
  const record = withApplied(never, "v1", ago(5000), "metadata");
  expect(withApplied(record, "v1", ago(0), "endpoint").state).toMatchObject({ applied: { at: ago(5000) } });
});
