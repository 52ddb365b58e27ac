import { randomUUID } from "node:crypto";
import type { RotationStepEvent } from "../../../functions/rotate-credentials/steps/rotation-context.ts";
import { AwsServiceError } from "../../../infra/local/gateway/aws-request.ts";
import { putVersion, type Secret, versionWith } from "../../../infra/local/secrets-manager/secret.ts";
import type { Random } from "../../../shared/primitives/clock.ts";
import type { VirtualTime } from "../../support/virtual-time.ts";

const steps = ["createSecret", "setSecret", "testSecret", "finishSecret"] as const;

/** What rotations stand on. */
export interface RotationsOptions {
  time: VirtualTime;
  random: Random;
  /** Runs a step in a container; rejects where that fails. */
  invoke(event: RotationStepEvent): Promise<void>;
  note(line: string): void;
}

/** How often a step is tried, and how long after it has failed, in milliseconds: as Lambda repeats asynchronous calls. */
const tries = 3;
const againMs = [60_000, 120_000];

/** Rotates as Secrets Manager does: its four steps, each at least once, and none after one that cannot be done. */
export class Rotations {
  readonly #options: RotationsOptions;

  constructor(options: RotationsOptions) {
    this.#options = options;
  }

  /**
   * A rotation begins: its version is there, without a value.
   *
   * @throws {AwsServiceError} where an earlier one has not come to its end, which is then tried again
   */
  begin(secret: Secret, versionId: string = randomUUID()): string {
    const pending = versionWith(secret, "AWSPENDING");
    if (pending && pending !== versionWith(secret, "AWSCURRENT") && pending.versionId !== versionId) {
      void this.#rotate(secret.arn, pending.versionId);
      throw new AwsServiceError("InvalidRequestException", "A previous rotation isn't complete.");
    }
    putVersion(secret, undefined, { token: versionId, stages: ["AWSPENDING"] });
    void this.#rotate(secret.arn, versionId);
    return versionId;
  }

  async #rotate(SecretId: string, ClientRequestToken: string): Promise<void> {
    const { random, note } = this.#options;
    for (const Step of steps) {
      const isDone = await this.#step({ Step, SecretId, ClientRequestToken });
      if (!isDone) return note(`the rotation ends with ${Step}`);
      // At least once: it comes again although it was done.
      if (random() < 0.1) await this.#step({ Step, SecretId, ClientRequestToken });
    }
  }

  async #step(event: RotationStepEvent): Promise<boolean> {
    const { time, invoke, note } = this.#options;
    for (let attempt = 0; attempt < tries; attempt += 1) {
      await time.sleep(againMs[attempt - 1] ?? 200);
      const error = await invoke(event).then(
        () => undefined,
        (failed: unknown) => failed ?? "failed",
      );
      note(`${event.Step} ${error === undefined ? "is done" : `failed: ${String(error)}`}`);
      if (error === undefined) return true;
    }
    return false;
  }
}
