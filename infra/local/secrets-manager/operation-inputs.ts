import * as z from "zod";
import { AwsServiceError } from "../gateway/aws-request.ts";
import type { Rotation } from "./rotation.ts";
import type { SecretVersion } from "./secret.ts";
import type { SecretStore } from "./secret-store.ts";

/** What the operations work on. */
export interface SecretsManagerParts {
  store: SecretStore;
  rotation: Pick<Rotation, "start" | "test">;
}

/** An operation of the API: its JSON input to its JSON answer; a wrong input is an error. */
export type Operation = (input: unknown, parts: SecretsManagerParts) => unknown;

/** Names a secret: its name or ARN. */
export const secretId = z.object({ SecretId: z.string().min(1) });
/** Tags as the API takes them. */
export const tagList = z.array(z.object({ Key: z.string(), Value: z.string().default("") }));
/** The value of a version, and the id that it is to have. */
export const valueInput = z.object({
  ClientRequestToken: z.string().min(32).max(64).optional(),
  SecretString: z.string().optional(),
  SecretBinary: z.string().optional(),
});

/** The value that an input holds, if any. */
export function secretValue({ SecretString, SecretBinary }: z.output<typeof valueInput>): SecretVersion["value"] {
  if (SecretString !== undefined) return { string: SecretString };
  return SecretBinary === undefined ? undefined : { binary: SecretBinary };
}

/** @throws {AwsServiceError} when the input holds no value */
export function requiredValue(input: z.output<typeof valueInput>): NonNullable<SecretVersion["value"]> {
  const value = secretValue(input);
  if (value) return value;
  throw new AwsServiceError("InvalidRequestException", "You must provide either SecretString or SecretBinary.");
}
