import { expect, test } from "vitest";
import manifest from "../../../../package.json" with { type: "json" };
import { userAgent } from "../../../../shared/ringcx/transport/user-agent.ts";

test("RingCX is told the name and version of the package", () => {
  expect(userAgent).toBe(`${manifest.name}/${manifest.version}`);
});
