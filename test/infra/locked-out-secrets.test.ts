import { expect, test } from "vitest";
import { lockedOutSecrets } from "../../infra/locked-out-secrets.ts";

const settings = {
  name: "production",
  connections: [
    { name: "main", requireEnvironmentTag: true },
    { name: "partner", requireEnvironmentTag: false },
  ],
} as Parameters<typeof lockedOutSecrets>[1];

const secret = (name: string, connection: string, environment?: string) => ({
  arn: name,
  name,
  tags: { "ringcx:connection": connection, ...(environment !== undefined && { "ringcx:environment": environment }) },
});

test("lists the secrets that an environment may not use as they are tagged, with what to do", () => {
  const secrets = [
    secret("untagged", "main"),
    secret("ours", "main", "production"),
    secret("theirs", "main", "test"),
    secret("mistyped", "main", "prod"),
    secret("unique", "partner"),
    secret("mistyped-too", "partner", "prod"),
    secret("of-others", "elsewhere"),
  ];
  expect(lockedOutSecrets(secrets, settings, ["test", "production"])).toEqual([
    expect.stringMatching(/^untagged: it has no tag ringcx:environment.*tag it with ringcx:environment = production/),
    expect.stringMatching(/^mistyped: it is for the environment prod by its tag/),
    expect.stringMatching(/^mistyped-too: it is for the environment prod by its tag/),
  ]);
});
