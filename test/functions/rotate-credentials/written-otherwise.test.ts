import { generateKeyPairSync } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Redacted } from "../../../shared/primitives/redacted.ts";
import type { AuthType } from "../../../shared/ringcx/resources/auth-config.ts";
import { tokenHost } from "./credentials.ts";
import { type Fixture, issuerArn, startFixture } from "./fixture.ts";

let fixture: Fixture;
beforeEach(async () => {
  fixture = await startFixture({ isWire: false });
});
afterEach(() => fixture.stop());

type Fields = Record<string, unknown>;
interface Writing {
  authType: AuthType;
  old: Fields;
  /** What the issuer answers in its place. */
  issued: Fields;
  /** The old credential once more, as a person may write it. */
  again: Fields;
}

const rsaKey = () => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const ecKey = () => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
const [rsa, otherRsa, ec, otherEc] = [rsaKey(), rsaKey(), ecKey(), ecKey()];
const pem = (key: typeof rsa, type: "pkcs8" | "pkcs1" | "sec1") => key.export({ type, format: "pem" }).toString();
const token = { payload: '{"iss":"crm"}', addTokenTo: "REQUEST_HEADER" };
const rs = { ...token, algorithm: "RS256", privateKey: pem(rsa, "pkcs8") };
const signed = (again: Fields): Writing => {
  return { authType: "JWT", old: rs, issued: { privateKey: pem(otherRsa, "pkcs8") }, again: { ...rs, ...again } };
};
const hs = { ...token, algorithm: "HS256", secret: "old/secret+of~32~characters?????" };
const shared = (old: Fields, again: Fields): Writing => {
  return { authType: "JWT", old: { ...hs, ...old }, issued: { secret: "another-one" }, again: { ...hs, ...again } };
};
const inBase64 = (encoding: "base64" | "base64url") => {
  return { secret: Buffer.from(hs.secret).toString(encoding), isSecretEncoded: true };
};
const oldParams = [{ name: "key", value: "first-key" }];
const custom = (inputParams: unknown): Writing => ({
  authType: "CUSTOM_AUTH",
  old: { wcgFunctionId: "17", inputParams: oldParams },
  issued: { inputParams: [{ name: "key", value: "second-key" }] },
  again: { wcgFunctionId: "17", inputParams },
});
const client = { clientId: "crm", tokenUrl: `https://${tokenHost}/oauth/token`, grantType: "CLIENT_CREDENTIALS" };

const writings: Record<string, Writing> = {
  "a private key with blanks for line breaks": signed({ privateKey: rs.privateKey.replaceAll("\n", " ") }),
  "a private key with backslashes for line breaks": signed({ privateKey: rs.privateKey.replaceAll("\n", "\\n") }),
  "a private key with CRLF": signed({ privateKey: rs.privateKey.replaceAll("\n", "\r\n") }),
  "an RSA key in PKCS#1": signed({ privateKey: pem(rsa, "pkcs1") }),
  "a private key beside a shared secret": signed({ secret: "left-over" }),
  "a private key for another algorithm": signed({ algorithm: "PS256" }),
  "an EC key in SEC 1": {
    authType: "JWT",
    old: { ...token, algorithm: "ES256", privateKey: pem(ec, "pkcs8") },
    issued: { privateKey: pem(otherEc, "pkcs8") },
    again: { ...token, algorithm: "ES256", privateKey: pem(ec, "sec1") },
  },
  "a shared secret in Base64": shared({}, inBase64("base64")),
  "a shared secret in Base64 of the other alphabet": shared(inBase64("base64"), inBase64("base64url")),
  "a shared secret in Base64, by the console": shared({}, { ...inBase64("base64"), isSecretEncoded: "true" }),
  "a parameter beside": custom([...oldParams, { name: "region", value: "eu" }]),
  "a parameter of another name": custom([{ name: "api-key", value: "first-key" }]),
  "parameters by the console": custom(JSON.stringify([{ value: "first-key", name: "key" }])),
  "an API key with blanks around": {
    authType: "APIKEY",
    old: { apiKey: "first-key" },
    issued: { apiKey: "second-key" },
    again: { apiKey: "first-key\n" },
  },
  "a client secret beside a password": {
    authType: "OAUTH",
    old: { ...client, secret: "first-secret" },
    issued: { secret: "second-secret" },
    again: { ...client, secret: "first-secret", username: "crm", password: "a-password" },
  },
};

const tags = { "ringcx:issuer": issuerArn, "ringcx:credential-id": "id-first", "ringcx:overlap": "6m" };

async function inSync({ authType, old }: Writing) {
  const authConfigId = await fixture.createAuthConfig(authType);
  const bound = { "ringcx:auth-config": authConfigId, "ringcx:auth-type": authType };
  const { arn } = await fixture.createSecret({ value: old, tags: { ...tags, ...bound } });
  fixture.letRotate(arn);
  await fixture.tick();
  fixture.published.length = 0;
  return arn;
}

function answering(fields: Fields) {
  fixture.issuer.create = async ({ clientRequestToken }) => {
    fixture.issuer.valid.set(`id-${clientRequestToken}`, clientRequestToken);
    return { credentialId: `id-${clientRequestToken}`, fields: new Redacted(fields) };
  };
}

describe.each(Object.entries(writings))("%s", (_name, writing) => {
  it("is the credential that it was: put back within the overlap, it is never revoked, and told", async () => {
    const arn = await inSync(writing);
    answering(writing.issued);
    await fixture.rotate(arn);
    const again = await fixture.putVersion(arn, writing.again);
    for (let run = 0; run < 6; run += 1) await fixture.tick();
    expect(fixture.revoked()).not.toContain("id-first");
    const words = fixture.published.map(({ summary }) => summary).join("\n");
    expect(words).toContain("id-first");
    expect(words).toContain(again);
    expect(words).toContain("has the same value");
  });

  it("is no new one when an issuer answers it under another id", async () => {
    const arn = await inSync(writing);
    answering(writing.again);
    const versions = fixture.store.get(arn).versions.size;
    await expect(fixture.rotate(arn)).rejects.toMatchObject({ code: "CREDENTIAL_NOT_NEW" });
    for (let run = 0; run < 4; run += 1) await fixture.tick();
    // The pending one, which was never given a value.
    expect([...fixture.store.get(arn).versions.values()].filter(({ value }) => value)).toHaveLength(versions);
    expect(fixture.revoked()).toEqual([]);
  });
});
