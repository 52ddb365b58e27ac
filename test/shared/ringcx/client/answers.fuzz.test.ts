import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RingCxAccount } from "../../../../shared/ringcx/client/api.ts";
import { AmbiguousWriteError, RingCxAnswerError, RingCxError } from "../../../../shared/ringcx/resources/errors.ts";
import { spoilt, spoiltText } from "../../../fuzz/spoilt-document.ts";
import { testClient } from "../../../support/client-fakes.ts";
import { runs } from "../../../support/runs.ts";
import { scriptedServer } from "../../../support/scripted-server.ts";

const authConfigId = "60629848-0ddf-4757-8868-de5b76d54bb7";
const input = { inputId: 3, name: "ani", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" };
const service = {
  serviceId: 4567,
  serviceType: "HTTP_POST",
  serviceDescription: "Lookup",
  httpServiceConfig: '{"url":"https://api.example.com/","headers":{"Content-Type":"application/json"}}',
  httpPassword: "canary-6e02c7",
  authConfigId,
  isEnabled: false,
  permissions: ["READ"],
  httpServiceInputs: [input],
};
const group = { serviceGroupId: 7, groupName: "CRM", isDefault: false, services: [service] };
const written = { serviceType: "HTTP_POST", serviceDescription: "Lookup" };

/** A call, and what answers it as documented. */
const calls: Record<string, readonly [answer: unknown, call: (account: RingCxAccount) => Promise<unknown>]> = {
  "a service": [service, (account) => account.services.get(7, 4567)],
  "a service that is made": [service, (account) => account.services.create(7, written)],
  "a service that is replaced": [service, (account) => account.services.update(7, 4567, written)],
  "a service's state": [true, (account) => account.services.setActive(7, 4567, true)],
  "a list of services": [[service], (account) => account.services.list(7)],
  "services of the second version": [[service], (account) => account.services.listV2(7)],
  "a tree": [[group], (account) => account.groups.listWithChildren()],
  "a service's inputs": [[input], (account) => account.inputs.list(7, 4567)],
  "an auth config": [
    { authConfigId, authType: "APIKEY", providerName: "CRM", apiKey: "canary-6e02c7" },
    (account) => account.authConfigs.get(authConfigId),
  ],
};

describe.each(Object.entries(calls))("RingCX's answer of %s", (_what, [answer, call]) => {
  test("is read or told as an answer that cannot be used, whatever it is, and nothing else is thrown", async () => {
    let [status, body] = [200, ""];
    await using server = await scriptedServer((response) => {
      response.statusCode = status;
      response.end(body);
    });
    const account = testClient(server.url).account();
    const told = async (text: string, code = 200) => {
      [status, body] = [code, text];
      return call(account).then(
        () => "read",
        (error: unknown) => {
          if (!(error instanceof RingCxError)) throw error;
          return JSON.stringify([error.message, error.details]);
        },
      );
    };
    expect(await told(JSON.stringify(answer))).toBe("read");
    const texts = fc.oneof(
      spoilt([answer]).map((value) => JSON.stringify(value) ?? ""),
      spoiltText(fc.constant(JSON.stringify(answer))),
    );
    await fc.assert(
      fc.asyncProperty(texts, fc.constantFrom(200, 200, 200, 400, 404, 409), async (text, code) => {
        // What RingCX says in words of its own is shown; a value of a record is not.
        const words = await told(text, code);
        if (code === 200) expect(words).not.toContain("canary");
      }),
      { numRuns: runs(8) },
    );
  });
});

test("an answer that is nested deeper than the stack holds is one that cannot be used, and a creation then in doubt", async () => {
  const deep = "[".repeat(20_000);
  const record = JSON.stringify({ ...service, more: "deep" }).replace('"deep"', `${deep}${"]".repeat(20_000)}`);
  for (const body of [deep + "]".repeat(20_000), record]) {
    await using server = await scriptedServer((response) => response.end(body));
    const account = testClient(server.url).account();
    await expect(account.services.get(7, 4567)).rejects.toThrow(RingCxAnswerError);
    await expect(account.services.get(7, 4567)).rejects.toThrow("nested too deep");
    await expect(account.services.create(7, written)).rejects.toThrow(AmbiguousWriteError);
  }
});
