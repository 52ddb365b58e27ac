import { randomUUID } from "node:crypto";
import type { FunctionRegistry } from "../functions/function-registry.ts";
import { AwsServiceError } from "../gateway/aws-request.ts";
import type { AccessControl } from "../iam/access-control.ts";
import { moveStage, putVersion, type Secret, versionWith } from "./secret.ts";

const steps = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

/** Drives rotation functions as Secrets Manager does. Nothing rotates by itself here: rules are only recorded. */
export class Rotation {
  readonly #functions: FunctionRegistry;
  readonly #running = new Set<Promise<void>>();
  readonly #access: AccessControl;
  #isStopped = false;

  constructor(functions: FunctionRegistry, access: AccessControl) {
    this.#functions = functions;
    this.#access = access;
  }

  get busy(): number {
    return this.#running.size;
  }

  /**
   * Starts a rotation: the pending version exists, without a value, before the first step runs.
   *
   * @returns the version that is to become current
   * @throws {AwsServiceError} `InvalidRequestException` when there is no function, or an earlier rotation has not
   *   come to its end; that one is then tried again
   */
  start(secret: Secret, token: string = randomUUID()): string {
    this.#function(secret);
    const pending = versionWith(secret, "AWSPENDING");
    if (pending && pending !== versionWith(secret, "AWSCURRENT") && pending.versionId !== token) {
      this.#run(this.#rotate(secret, pending.versionId));
      throw new AwsServiceError(
        "InvalidRequestException",
        "A previous rotation isn't complete. That rotation will be reattempted.",
      );
    }
    putVersion(secret, undefined, { token, stages: ["AWSPENDING"] });
    this.#run(this.#rotate(secret, token));
    return token;
  }

  /** Tests a rotation's configuration: a pending version, the step `testSecret`, and the version goes again. */
  test(secret: Secret): void {
    this.#function(secret);
    const token = randomUUID();
    putVersion(secret, undefined, { token, stages: ["AWSPENDING"] });
    this.#run(
      this.#step(secret, token, "testSecret").then(() => {
        if (versionWith(secret, "AWSPENDING")?.versionId === token) moveStage(secret, "AWSPENDING", undefined);
        secret.versions.delete(token);
      }),
    );
  }

  #function(secret: Secret) {
    const { functionArn } = secret.rotation;
    if (functionArn) {
      this.#access.checkService("secretsmanager.amazonaws.com", "lambda:InvokeFunction", functionArn, secret.arn);
      return this.#functions.get(functionArn);
    }
    throw new AwsServiceError(
      "InvalidRequestException",
      "No Lambda rotation function ARN is associated with this secret.",
    );
  }

  #run(work: Promise<void>): void {
    const running = work.finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  async #step(secret: Secret, token: string, step: string): Promise<boolean> {
    if (this.#isStopped) return false;
    const event = { Step: step, SecretId: secret.arn, ClientRequestToken: token };
    const { outcome } = await this.#function(secret).invoke(event, "rotation");
    return outcome.status === "succeeded";
  }

  async #rotate(secret: Secret, token: string): Promise<void> {
    for (const step of steps) if (!(await this.#step(secret, token, step))) return;
    secret.rotation.lastRotatedAt = Date.now();
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#running);
  }
}
