import { readFileSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import { crmSecret, type Fixture, startFixture } from "./fixture.ts";

let fixture: Fixture;
afterEach(() => fixture.stop());

async function play(name: string): Promise<string[]> {
  const lines = readFileSync(`examples/${name}.ndjson`, "utf8").split("\n");
  const statuses: string[] = [];
  for (const line of lines.filter((text) => text.startsWith("{"))) {
    const body = line
      .replaceAll("${CRM_URL}", fixture.crm.url)
      .replaceAll("${CRM_ALARM_ARN}", "arn:aws:cloudwatch:us-east-1:000000000000:alarm:crm");
    statuses.push((await fixture.send(body)).status);
  }
  return statuses;
}

test.each([
  ["crm-enrichment", ["SUCCEEDED"]],
  ["dry-run", ["PLANNED"]],
  ["clone", ["SUCCEEDED", "SUCCEEDED"]],
  ["retire", ["SUCCEEDED", "SUCCEEDED", "SUCCEEDED"]],
  ["all-auth-types", ["SUCCEEDED"]],
])("%s does what it says", async (name, statuses) => {
  fixture = await startFixture();
  const { tags } = crmSecret(fixture.crm, ["123456"]);
  const add = (secretId: string, value: object) =>
    fixture.secrets.set(secretId, { value: JSON.stringify(value), versionId: "v1", tags });
  add("crm/api-key", { apiKey: "k" });
  add("crm/basic", { username: "u", password: "p" });
  add("crm/jwt", { algorithm: "HS256", payload: "{}", addTokenTo: "REQUEST_HEADER", secret: "s" });
  add("crm/custom", { wcgFunctionId: "f", allowedBaseUrl: fixture.crm.url });
  expect(await play(name)).toEqual(statuses);
});

test("promote shows the difference, then makes it, then there is none", async () => {
  fixture = await startFixture({ simulator: { accounts: ["123456", "223456"] } });
  await play("crm-enrichment");
  expect(await play("promote")).toEqual(["PLANNED", "SUCCEEDED"]);
  expect(fixture.simulator.state("223456").groups[0]?.services).toMatchObject([{ isEnabled: true }]);
  expect(await play("promote")).toEqual(["PLANNED", "NO_CHANGE"]);
});
