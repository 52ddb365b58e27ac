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

describe("a binding that is declared", () => {
  const { environment: _, ...anywhere } = connection;
  const partner: Connection = { ...anywhere, name: "partner", accountIds: ["2"] };
  const bound = (accountId: string, authType: "APIKEY" | "OAUTH" = "APIKEY") => ({
    ...{ secretArn: "arn", connection: "main", accountId, authConfigId: id.toUpperCase(), authType },
    providerName: "CRM",
  });
  const of = (tags: Record<string, string>, fromTable: Parameters<typeof permittedBindings>[1], known = [connection]) =>
    permittedBindings(
      { arn: "arn", name: "crm", tags: { "ringcx:connection": "main", "ringcx:environment": "production", ...tags } },
      fromTable,
      known,
    );

  it("by a message is made where the secret names the account and its connection", () => {
    expect(of({ "ringcx:accounts": "1" }, [bound("1")])).toEqual({ bindings: [bound("1")], problems: [] });
  });

  it("is not made for an account that the secret does not name", () => {
    expect(of({ "ringcx:accounts": "3" }, [bound("1")])).toEqual({
      bindings: [],
      problems: [
        {
          topic: `auth config 1/${id}`,
          kind: "BINDING_REFUSED",
          message: `auth config ${id.toUpperCase()}: the tag ringcx:accounts does not name account 1`,
          hint: "add the account, or take it out of its tags",
          authConfig: { accountId: "1", authConfigId: id.toUpperCase() },
        },
      ],
    });
  });

  it.each([
    ["another connection's account", "2", [anywhere, partner]],
    ["an account that nobody serves", "9", [anywhere]],
  ])("is not made for %s", (_what, accountId, known) => {
    const { bindings, problems } = permittedBindings(
      { arn: "arn", name: "crm", tags: { "ringcx:connection": "main", "ringcx:accounts": accountId } },
      [bound(accountId)],
      known,
    );
    expect(bindings).toEqual([]);
    expect(problems.map(({ message, hint }) => [message, hint])).toEqual([
      [
        expect.stringContaining(`account ${accountId} is not served by the connection of the tag ringcx:connection`),
        "correct the tag, or take the auth config out of its tags",
      ],
    ]);
  });

  it("carries the name of the connection that serves the account, and none where nobody does", () => {
    const stale = { ...bound("1"), connection: "former" };
    expect(of({ "ringcx:accounts": "1" }, [stale]).bindings).toEqual([bound("1")]);
    const tags = { "ringcx:connection": "", "ringcx:accounts": "9" };
    expect(permittedBindings({ arn: "arn", name: "crm", tags }, [bound("9")], []).bindings).toEqual([
      { ...bound("9"), connection: "" },
    ]);
  });

  it("is told where its tags are wrong, and where they say another type than the message", () => {
    const { bindings, problems } = of(
      { "ringcx:accounts": "1 2", "ringcx:auth-type": "APIKEY", "ringcx:overlap": "soon", "ringcx:auth-config": "crm" },
      [bound("1"), bound("2", "OAUTH")],
    );
    expect(bindings).toEqual([bound("1")]);
    const hint = "its owner corrects the tag, or takes it off";
    expect(problems.slice(0, 3)).toEqual([
      { topic: "ringcx:auth-config crm", kind: "TAG_WRONG", message: expect.stringContaining('"crm" must be'), hint },
      { topic: "ringcx:overlap", kind: "TAG_WRONG", message: expect.stringContaining('says "soon"'), hint },
      {
        topic: "ringcx:auth-type",
        kind: "TAG_WRONG",
        message: expect.stringMatching(/says "APIKEY", and auth config .*, which a message bound to it, is OAUTH$/),
        hint,
      },
    ]);
    expect(of({ "ringcx:accounts": "1", "ringcx:auth-type": "APIKEY" }, [bound("1")]).problems).toEqual([]);
    const [long] = of({ "ringcx:accounts": "1", "ringcx:auth-type": "x".repeat(80) }, [bound("1")]).problems;
    expect(long?.message).toContain(`says "${"x".repeat(50)}", and`);
  });
});
