import { expect, test } from "vitest";
import { redactExchanges } from "../../../cli/conformance/redact-exchanges.ts";
import { isChosen } from "../../support/runs.ts";
import { startAccount } from "./account.ts";

test.each((["plain", "masked", "lastFour"] as const).filter((_, index) => isChosen(index, 3)))(
  "no credential, token, account, or anybody else's row stands in the exchanges, whatever RingCX shows (%s)",
  async (credential) => {
    const account = await startAccount({ "authConfigs.credential": credential });
    const { exchanges, secrets } = await account.run();
    await account.simulator.stop();
    const sent = exchanges.flatMap(({ body }) => JSON.stringify(body ?? "").match(/conformance-[\w-]{12}/g) ?? []);
    expect(sent.length).toBeGreaterThan(5);
    const [first = ""] = secrets;
    const shown = exchanges.map((one) => ({ ...one, headers: { ...one.headers, "retry-after": first } }));
    const text = JSON.stringify(redactExchanges(shown, { account: account.account, secrets, mark: account.mark }));
    const { clientId, clientSecret, jwt } = account.simulator;
    const found = [
      ...sent,
      ...secrets,
      clientId,
      clientSecret,
      jwt,
      account.account,
      "Lovelace",
      "Old",
      "an-old-key",
      "simulated-",
    ];
    expect(found.filter((one) => text.includes(one))).toEqual([]);
    expect(text).toContain(`conformance ${account.mark.text} main`);
    expect(text).toContain("120 that are not of a run");
    expect(text).toContain(
      { masked: "something else: 8 characters", plain: "the credential that was sent", lastFour: "last four" }[
        credential
      ],
    );
  },
);
