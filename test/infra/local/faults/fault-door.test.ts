import { CreateSecretCommand, SecretsManagerClient, TagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FaultDoor, faultsPath } from "../../../../infra/local/faults/fault-door.ts";
import type { AwsService } from "../../../../infra/local/gateway/aws-request.ts";
import { type Gateway, startGateway } from "../../../../infra/local/gateway/gateway.ts";
import { SecretStore } from "../../../../infra/local/secrets-manager/secret-store.ts";
import { secretsManagerService } from "../../../../infra/local/secrets-manager/secrets-manager-service.ts";

const caller = ["RotateSecret", "Stack-RotationRotateSecret1234ABCD"] as const;

let gateway: Gateway;
let store: SecretStore;
let secrets: SecretsManagerClient;

beforeEach(async () => {
  store = new SecretStore("us-east-1", "000000000000");
  const service = secretsManagerService({ store, rotation: { start: () => "", test() {} } });
  const services = new Map<string, AwsService>([["secretsmanager", service]]);
  const door = new FaultDoor({
    of: ({ accessKeyId }) => (accessKeyId === "KEY" ? caller : ["administrator"]),
    all: () => [["administrator"], caller, ["RotateCredentials", "Stack-RotationRotateCredentials1234ABCD"]],
  });
  gateway = await startGateway({
    services,
    authorize: () => {},
    faultOf: (request) => door.faultOf(request),
    door: (request) => door.answer(request),
  });
  secrets = new SecretsManagerClient({
    endpoint: gateway.endpoint,
    region: "us-east-1",
    credentials: { accessKeyId: "KEY", secretAccessKey: "secret" },
    maxAttempts: 1,
  });
  await secrets.send(new CreateSecretCommand({ Name: "crm", SecretString: "{}" }));
});
afterEach(async () => {
  secrets.destroy();
  await gateway.close();
});

async function ask(method: string, body?: unknown, path = faultsPath) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const response = await fetch(`${gateway.endpoint}${path}`, { method, ...(body !== undefined && { body: text }) });
  return { status: response.status, said: (await response.json()) as unknown };
}

const tag = { service: "secretsmanager", operation: "TagResource" };
const tagIt = (Value = "x") =>
  secrets.send(new TagResourceCommand({ SecretId: "crm", Tags: [{ Key: "seen", Value }] })).then(
    () => "done",
    ({ name }: Error) => name,
  );
const seen = () => store.get("crm").tags.get("seen");

describe("a call of AWS", () => {
  it("is cut before it has an effect", async () => {
    expect(await ask("POST", { kind: "drop", ...tag })).toMatchObject({ status: 200 });
    expect([await tagIt(), seen()]).toEqual([expect.stringMatching(/Error$/), undefined]);
    expect([await tagIt(), seen()]).toEqual(["done", "x"]);
  });

  it("is done, and its answer is lost", async () => {
    await ask("POST", { kind: "lost-answer", ...tag });
    expect([await tagIt(), seen()]).toEqual([expect.stringMatching(/Error$/), "x"]);
    expect(await tagIt()).toBe("done");
  });

  it.each([
    [{ kind: "throttled" }, "ThrottlingException"],
    [{ kind: "error", code: "AccessDeniedException" }, "AccessDeniedException"],
    [{ kind: "error", code: "InternalServiceError" }, "InternalServiceError"],
  ])("%j is answered instead of acting", async (fault, name) => {
    await ask("POST", { ...fault, ...tag });
    expect([await tagIt(), seen()]).toEqual([name, undefined]);
    expect(await tagIt()).toBe("done");
  });

  it("of another operation, caller or input goes well", async () => {
    await ask("POST", [
      { kind: "throttled", service: "secretsmanager", operation: "GetSecretValue" },
      { kind: "throttled", service: "dynamodb" },
      { kind: "throttled", ...tag, match: { caller: "RotateCredentials" } },
      { kind: "throttled", ...tag, match: { input: { SecretId: "other*" } } },
      {
        kind: "error",
        code: "InvalidRequestException",
        ...tag,
        match: { caller: "*RotateSecret1*", input: { Tags: '*"Value":"y"*' } },
      },
    ]);
    expect(await tagIt()).toBe("done");
    expect(await tagIt("y")).toBe("InvalidRequestException");
    expect((await ask("GET")).said).toHaveLength(4);
  });
});

it.each(["RotateSecret", "Rotate*", "Stack-RotationRotateSecret1234ABCD"])(
  "a call of AWS is met by the names of who calls: what people call it, and its own (%s)",
  async (name) => {
    await ask("POST", { kind: "throttled", ...tag, match: { caller: name } });
    expect(await tagIt()).toBe("ThrottlingException");
  },
);

describe("the door", () => {
  it("shows the faults to come with the times that are left, and ends them", async () => {
    await ask("POST", { kind: "throttled", ...tag, times: 2, after: 1 });
    expect([await tagIt(), await tagIt()]).toEqual(["done", "ThrottlingException"]);
    expect((await ask("GET")).said).toEqual([{ kind: "throttled", ...tag, times: 1, after: 0 }]);
    expect(await ask("DELETE")).toEqual({ status: 200, said: [] });
    expect(await tagIt()).toBe("done");
  });

  it.each([
    ["{oops", /not JSON/],
    [{ kind: "status", ...tag }, /kind: expected one of drop, lost-answer, throttled, error/],
    [{ kind: "drop", operation: "TagResource" }, /service: is missing: expected one of .*"secretsmanager"/],
    [{ kind: "drop", service: "s3" }, /service: expected one of "dynamodb".*"sqs"/],
    [{ kind: "drop", ...tag, operation: "Tag" }, /operation: expected one of .*TagResource/],
    [{ kind: "error", ...tag }, /code: is missing: expected a text \(the error's name/],
    [{ kind: "error", ...tag, code: "500" }, /code: expected the name of an error of AWS/],
    [{ kind: "drop", ...tag, code: "X" }, /code: is not a known field/],
    [{ kind: "drop", ...tag, time: 2 }, /time: is not a known field \(did you mean times\?\)/],
    [{ kind: "drop", ...tag, times: 0 }, /times: /],
    [
      { kind: "drop", ...tag, match: { caller: "rotator" } },
      /nobody.*rotator.*RotateCredentials, RotateSecret, administrator/,
    ],
    [{ kind: "drop", ...tag, match: { SecretId: "crm" } }, /match\.SecretId: is not a known field .*caller, input/],
    [[{ kind: "drop", ...tag }, { kind: "drop" }], /\[1\]\.service: is missing/],
  ])("refuses %j and says what was expected, and no call fails of it", async (body, words) => {
    expect(await ask("POST", body)).toEqual({ status: 400, said: { error: expect.stringMatching(words) } });
    expect((await ask("GET")).said).toEqual([]);
  });

  it("is one path, for three methods", async () => {
    expect(await ask("PUT", {})).toMatchObject({ status: 405 });
    expect(await ask("GET", undefined, "/_local/fault")).toMatchObject({ status: 404 });
  });
});
