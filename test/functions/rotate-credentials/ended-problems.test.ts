import { DeleteSecretCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isChosen } from "../../support/runs.ts";
import { accountId, type Fixture, startFixture } from "./fixture.ts";
import {
  bury,
  type Deed,
  destroy,
  expectEnded,
  healthy,
  isToldOf,
  nothing,
  problems,
  removeAuthConfig,
  tag,
  ticks,
  useFixture,
} from "./problems.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture();
  useFixture(fixture);
});
afterEach(() => fixture.stop());

/** How it ends besides being mended; that something else is wrong afterwards, or still, is told of itself. */
const endings: Record<string, Deed> = {
  "the tag ringcx:connection is taken off": tag("ringcx:connection"),
  "the tag ringcx:accounts is taken off": tag("ringcx:accounts"),
  "the secret is deleted": ({ arn }) => fixture.secrets.send(new DeleteSecretCommand({ SecretId: arn })),
  "the secret is deleted for good": ({ arn }) => destroy(arn),
  "the auth config is named no more": tag("ringcx:auth-config"),
  "another auth config is named instead": ({ arn, second }) => fixture.tag(arn, "ringcx:auth-config", second),
  "the auth config is deleted": (bound) => removeAuthConfig(bound),
  "the auth config is left alone on purpose": async ({ arn, authConfigId }) => {
    fixture.script.unmanagedAuthConfigs = [`${accountId}/${authConfigId}`];
    await fixture.tag(arn, "ringcx:auth-config");
  },
};

describe.each(Object.entries(problems))("%s", (problem, { damage, mend, begun }) => {
  it.each([1, 8])("is told as ended once it is mended after %i ticks", async (count) => {
    const bound = await healthy();
    await damage(bound);
    await ticks(count);
    if (count > 1) expect(isToldOf(begun), begun).toBe(true);
    await mend(bound);
    await ticks(8);
    expect(await fixture.tick()).toMatchObject({ ...nothing, lines: [], refused: [], edges: [] });
    expectEnded();
  });

  const place = Object.keys(problems).indexOf(problem);
  const ways = Object.entries(endings)
    .flatMap(([ending, end]) => [1, 8].map((count) => ({ ending, end, count })))
    // A long run tries all.
    .filter((_, index) => isChosen(index, 45, place));
  it.each(ways)("is told as ended when, after $count ticks, $ending, and all is gone", async ({ end, count }) => {
    const bound = await healthy();
    await damage(bound);
    await ticks(count);
    await end(bound);
    await ticks(8);
    expect(await bury(bound)).toMatchObject({ ...nothing, lines: [], refused: [], edges: [] });
    expectEnded();
  });
});

it("an end that cannot be noted of a secret that is gone keeps no run from its report, and is told later", async () => {
  const { arn } = await healthy();
  await fixture.tag(arn, "ringcx:rotate-every", "monthly");
  await ticks(2);
  await destroy(arn);
  const put = fixture.table.put.bind(fixture.table);
  fixture.table.put = async (item, expected) => {
    if (item.secretArn === arn && "problems" in item && "secret" in item) throw new Error("denied");
    return put(item, expected);
  };
  expect(await ticks(2)).toMatchObject({ authConfigs: 0 });
  expect(JSON.stringify(fixture.logs)).toContain("following a secret failed");
  fixture.table.put = put;
  await ticks(2);
  expect(fixture.told("ringcx.secret", "ringcx:rotate-every")).toEqual([
    expect.stringMatching(/^FAILED .* begun$/),
    expect.stringMatching(/^NO_CHANGE .* ended$/),
  ]);
});
