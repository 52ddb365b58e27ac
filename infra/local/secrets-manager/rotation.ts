import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import type { FunctionRegistry } from "../functions/function-registry.ts";
import { AwsServiceError } from "../gateway/aws-request.ts";
import type { AccessControl } from "../iam/access-control.ts";
import { moveStage, putVersion, type Secret, versionWith } from "./secret.ts";

const steps = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

/**
 * "If any rotation step fails, Secrets Manager retries the entire rotation process multiple times" (AWS Secrets Manager
 * User Guide, "Rotation by Lambda function"). How often and when AWS does not say: here five times in all, after 20,
 * 40, 80 and 160 seconds.
 */
const maxAttempts = 5;
const firstPauseMs = 20_000;

/** Drives rotation functions as Secrets Manager does. Nothing rotates by itself here: rules are only recorded. */
export class Rotation {
  readonly #functions: FunctionRegistry;
  readonly #running = new Set<Promise<void>>();
  readonly #access: AccessControl;
  readonly #clockFactor: number;
  /** What ends the repetitions of a secret's rotation, by its ARN: another one takes their place. */
  readonly #repeating = new Map<string, AbortController>();
  #isStopped = false;
  #busy = 0;

  /** @param clockFactor divides the pauses between attempts */
  constructor(functions: FunctionRegistry, access: AccessControl, clockFactor = 1) {
    this.#functions = functions;
    this.#access = access;
    this.#clockFactor = Math.max(1, clockFactor);
  }

  /** Rotations that are at a step; one that waits to be tried again is none. */
  get busy(): number {
    return this.#busy;
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
    this.#busy += 1;
    try {
      const { outcome } = await this.#function(secret).invoke(event, "rotation");
      return outcome.status === "succeeded";
    } finally {
      this.#busy -= 1;
    }
  }

  async #rotate(secret: Secret, token: string): Promise<void> {
    const ended = new AbortController();
    this.#repeating.get(secret.arn)?.abort();
    this.#repeating.set(secret.arn, ended);
    const isOver = () => ended.signal.aborted || versionWith(secret, "AWSPENDING")?.versionId !== token;
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      if (await this.#allSteps(secret, token)) {
        secret.rotation.lastRotatedAt = Date.now();
        break;
      }
      if (attempt === maxAttempts || isOver()) break;
      const pauseMs = (firstPauseMs * 2 ** (attempt - 1)) / this.#clockFactor;
      await delay(pauseMs, undefined, { signal: ended.signal }).catch(() => undefined);
      if (isOver() || secret.deletedAt !== undefined) break;
    }
    if (this.#repeating.get(secret.arn) === ended) this.#repeating.delete(secret.arn);
  }

  async #allSteps(secret: Secret, token: string): Promise<boolean> {
    for (const step of steps) if (!(await this.#step(secret, token, step))) return false;
    return true;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    for (const ended of this.#repeating.values()) ended.abort();
    await Promise.all(this.#running);
  }
}
