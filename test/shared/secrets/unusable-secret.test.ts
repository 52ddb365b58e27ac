import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { describeSecret, readSecret } from "../../../shared/secrets/read-secret.ts";
import { SecretNotWrittenError, SecretUnreadableError, whyUnusable } from "../../../shared/secrets/unusable-secret.ts";

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
    ["InvalidParameterException", "", "does not take its name"],
    ["ValidationException", "", "does not take its name"],
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

const errorOf = (name: string, message = "of a canary") => Object.assign(new Error(message), { name });

describe("what a person has to mend of a change is told with what to do, and not tried again", () => {
  it.each([
    ["ResourceNotFoundException", "", "there is no such secret or version; see whether it was deleted"],
    ["AccessDeniedException", "not authorized", "this function may not change it; it needs the tag ringcx:connection"],
    ["AccessDeniedException", "Access to KMS is not allowed", "its KMS key does not let this function encrypt it; the"],
    ["EncryptionFailure", "", "its KMS key does not let this function encrypt it; the key's policy must allow"],
    ["DecryptionFailure", "", "its KMS key does not let this function encrypt it; the key's policy must allow"],
    ["InvalidRequestException", "", "it is deleted, or in no state to be changed; restore it"],
    ["ResourceExistsException", "", "somebody has put another value under this rotation's id; rotate again"],
    ["LimitExceededException", "", "it has too many versions or labels; take labels off old versions"],
    ["ValidationException", "", "does not take the value or the label as it is; a value has 65536 bytes at most"],
  ])("%s (%s)", (name, message, words) => {
    const cause = errorOf(name, message);
    expect(new SecretNotWrittenError("arn:crm", "PutSecretValue", cause)).toMatchObject({
      name: "SecretNotWrittenError",
      code: "SECRET_NOT_WRITTEN",
      retryable: false,
      message: expect.stringContaining(`The secret arn:crm cannot be changed (PutSecretValue: ${name}): `),
      details: { secretId: "arn:crm", call: "PutSecretValue", error: name },
      cause,
    });
    expect(new SecretNotWrittenError("arn:crm", "PutSecretValue", cause).message).toContain(words);
  });
});

describe("what may pass by itself is tried again, whatever its text says of KMS", () => {
  it.each<[unknown, string]>([
    [errorOf("ThrottlingException"), "ThrottlingException"],
    [errorOf("ThrottlingException", "Rate of KMS exceeded"), "ThrottlingException"],
    ["AccessDeniedException", "unknown"],
    [{ name: "AccessDeniedException", message: "Access to KMS is not allowed" }, "unknown"],
    [undefined, "unknown"],
  ])("%o", (cause, error) => {
    const unreadable = new SecretUnreadableError("arn:crm", "GetSecretValue", cause);
    expect(unreadable).toMatchObject({
      name: "SecretUnreadableError",
      retryable: true,
      message: expect.stringContaining("it may be over in a moment"),
      details: { secretId: "arn:crm", call: "GetSecretValue", error },
    });
    expect(whyUnusable(unreadable)).toBeUndefined();
    expect(new SecretNotWrittenError("arn:crm", "UpdateSecretVersionStage", cause)).toMatchObject({
      retryable: true,
      message: expect.stringContaining("it may be over in a moment"),
      details: { secretId: "arn:crm", call: "UpdateSecretVersionStage", error },
    });
  });

  it("of another error nothing is said", () => {
    expect(whyUnusable(errorOf("AccessDeniedException"))).toBeUndefined();
  });
});
