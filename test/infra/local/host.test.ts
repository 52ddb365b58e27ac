import { describe, expect, it } from "vitest";
import { startLocalHost } from "../../../infra/local/host.ts";

describe("the local host of an environment", () => {
  it("names every wrong setting before anything starts", async () => {
    const environment = { name: "local", region: "", connections: [{ name: "Main", accountIds: ["x"] }] };
    await expect(startLocalHost({ environment })).rejects.toThrow(/region.*connections\[0\]\.name.*accountIds\[0\]/s);
  });
});
