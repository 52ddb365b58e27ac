import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { describeSecret, readSecret } from "../../../shared/secrets/read-secret.ts";
import { whyUnusable } from "../../../shared/secrets/unusable-secret.ts";

const failing = (name: string, message = "") =>
  Object.assign(new SecretsManagerClient({ region: "eu-central-1" }), {
    send: () => Promise.reject(Object.assign(new Error(message), { name })),
  });
const secret = { arn: "arn:crm", tags: {}, readAt: 0 };

it("one that does not exist and one that may not be described are answered alike; the value is read of one that is there", async () => {
  const denied = failing("AccessDeniedException");
  const described = await describeSecret(denied, "crm/oauth", 0).catch(whyUnusable);
  expect(described).toBe("there is no such secret, or this function may not read it (AWS answers both alike)");
  expect(await readSecret(denied, secret).catch(whyUnusable)).toBe("this function may not read it");
});

describe("an error of Secrets Manager's names the secret, the call and the likely cause", () => {
  it.each([
    ["ResourceNotFoundException", "", "no such"],
    ["AccessDeniedException", "not authorized to perform", "may not read it"],
    ["AccessDeniedException", "Access to KMS is not allowed", "KMS key"],
    ["DecryptionFailure", "", "KMS key"],
    ["InvalidRequestException", "marked for deletion", "deleted"],
  ])("%s (%s): at once, because nobody but a person can mend it", async (name, message, words) => {
    for (const call of [
      () => describeSecret(failing(name, message), "arn:crm", 0),
      () => readSecret(failing(name, message), secret),
    ]) {
      const error = await call().catch((failure: unknown) => failure);
      expect(error).toMatchObject({
        code: "SECRET_UNREADABLE",
        retryable: false,
        message: expect.stringMatching(new RegExp(`arn:crm .*${name}.*${words}`)),
      });
      expect(whyUnusable(error)).toContain(words);
    }
  });

  it("a version without a value is not taken for a secret that is not there", async () => {
    const error = await readSecret(failing("ResourceNotFoundException", ""), secret).catch(whyUnusable);
    expect(error).toBe("it has no value in the version that is asked for, or no such version");
  });

  it.each(["ThrottlingException", "InternalServiceError", "TimeoutError"])("%s: it may pass", async (name) => {
    const error = await describeSecret(failing(name, "of a canary"), "arn:crm", 0).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ retryable: true, message: expect.not.stringContaining("canary") });
    expect(whyUnusable(error)).toBeUndefined();
  });
});
