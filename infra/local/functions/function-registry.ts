import { AwsServiceError } from "../gateway/aws-request.ts";
import type { Invocable } from "./local-function.ts";

/** Every function of the host, by name and by ARN. */
export class FunctionRegistry {
  readonly #functions = new Map<string, Invocable>();

  add(invocable: Invocable): void {
    this.#functions.set(invocable.name, invocable);
  }

  /**
   * @param id name, ARN, or either with a qualifier (`:$LATEST`)
   * @throws {AwsServiceError} `ResourceNotFoundException`
   */
  get(id: string): Invocable {
    const name = id.startsWith("arn:") ? id.split(":")[6] : id.split(":")[0];
    const found = this.#functions.get(name ?? "");
    if (found) return found;
    throw new AwsServiceError("ResourceNotFoundException", `Function not found: ${id}`, 404);
  }

  get busy(): number {
    return [...this.#functions.values()].reduce((sum, { busy }) => sum + busy, 0);
  }

  get pids(): number[] {
    return [...this.#functions.values()].flatMap(({ pids }) => pids);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#functions.values()].map((invocable) => invocable.stop()));
  }
}
