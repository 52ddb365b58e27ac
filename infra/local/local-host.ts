import type { Invocation } from "./functions/local-function.ts";
import type { LogRecord } from "./functions/log-store.ts";
import type { Denial } from "./iam/access-control.ts";
import type { UnusedPermission } from "./iam/roles.ts";

/** How a local host runs, and who follows it. */
export interface HostOptions {
  /**
   * How many times faster than in AWS schedules fire and failed asynchronous events are tried again. With 0
   * schedules fire only by {@link LocalHost.runSchedule}.
   *
   * @default 1
   */
  clockFactor?: number;
  /** A folder that keeps the table; secrets then have the same ARN in each run. @default all state is in memory */
  dataFolder?: string;
  /** Whether schedules wait for {@link LocalHost.startSchedules}: until then only what is sent is worked on. @default false */
  holdsSchedules?: boolean;
  /** Whether `/_local/faults` at the gateway lets calls of AWS fail (docs/operating.md). @default false */
  takesFaults?: boolean;
  /** Called for every line that a function logs. */
  onLog?(record: LogRecord, functionName: string): void;
  /** Called for every run of a function. */
  onInvocation?(invocation: Invocation): void;
}

/** A stack that runs on this machine. */
export interface LocalHost {
  /** One gateway for every AWS service: what `AWS_ENDPOINT_URL` is set to. */
  readonly endpoint: string;
  readonly region: string;
  /** The administrator's, who may do everything. */
  readonly credentials: { accessKeyId: string; secretAccessKey: string };
  /** For SDK clients: `new SQSClient(host.clientConfig)`. */
  readonly clientConfig: {
    endpoint: string;
    region: string;
    credentials: { accessKeyId: string; secretAccessKey: string };
  };
  /** The stack's outputs by name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** What the functions logged, oldest first; the last two thousand lines. */
  readonly logs: readonly LogRecord[];
  /** Runs of functions, oldest first; the last thousand. */
  readonly invocations: readonly Invocation[];
  /** Calls of functions that their roles do not allow; the last thousand. */
  readonly denials: readonly Denial[];
  /** Processes of the functions that run or are warm; one that is killed is like a Lambda container that died. */
  readonly functionPids: readonly number[];
  /** Lets schedules fire, where the host holds them. Once. */
  startSchedules(): void;
  /** Delivers one tick of a schedule now, and tells how its first attempt went. */
  runSchedule(logicalIdPart: string): Promise<Invocation>;
  /**
   * Adds a function that is not in the template, such as a customer's credential issuer: a function of this process, or a
   * file that exports a `handler` and runs in processes of its own.
   *
   * @returns its ARN
   */
  addFunction(name: string, code: ((event: unknown) => unknown) | { file: string }): string;
  /**
   * Resolves when the queues that functions read are empty and nothing runs.
   *
   * @throws after `timeoutMs`, naming what is still going on
   */
  idle(options?: { timeoutMs?: number }): Promise<void>;
  /** What the template's roles allow and nothing has used so far. */
  unusedPermissions(): UnusedPermission[];
  /**
   * Frees everything: ports, processes, timers.
   *
   * @param options.graceMs so long functions that run may come to their end; what they hold in a table that is kept would
   *   else be held until their lease is up. @default 0
   */
  stop(options?: { graceMs?: number }): Promise<void>;
}
