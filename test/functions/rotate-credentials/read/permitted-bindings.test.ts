import { describe, expect, it } from "vitest";
import { permittedBindings } from "../../../../functions/rotate-credentials/read/permitted-bindings.ts";
import { type Connection, connectionSchema } from "../../../../shared/ringcx/session/connection.ts";

const id = "60629848-0ddf-4757-8868-de5b76d54bb7";
const url = "https://ringcx.example.com";
const connection: Connection = {
  ...connectionSchema.parse({ name: "main", accountIds: ["1"], ringcxUrl: url, platformUrl: url, secretId: "s" }),
  environment: { name: "production", isTagRequired: true },
};

const of = (accountId: string, environment?: string) => {
  const tags = {
    "ringcx:connection": "main",
    "ringcx:accounts": accountId,
    "ringcx:auth-config": id,
    "ringcx:auth-type": "APIKEY",
    ...(environment !== undefined && { "ringcx:environment": environment }),
  };
  return permittedBindings({ arn: "arn", name: "crm", tags }, [], [connection]);
};

describe("a secret that two environments could name", () => {
  it("is bound in the one that it names", () => {
    expect(of("1", "production")).toMatchObject({ bindings: [{ authConfigId: id, accountId: "1" }], problems: [] });
  });

  it.each([
    ["test", /is for the environment test by its tag ringcx:environment, and this is the environment production/],
    [undefined, /has no tag ringcx:environment.*tag it with ringcx:environment = production/],
  ])("is refused with the reason where an account here is meant: %s", (environment, message) => {
    const { bindings, problems } = of("1", environment);
    expect(bindings).toEqual([]);
    expect(problems.map((problem) => `${problem.message}; ${problem.hint}`)).toEqual([expect.stringMatching(message)]);
  });

  it("is no concern of this one where it is for an account of the other", () => {
    expect(of("9", "test")).toEqual({ bindings: [], problems: [] });
  });
});
