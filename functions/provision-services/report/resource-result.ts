import type { Problem, ResourceOutcome } from "../../../shared/contract/outcome.ts";
import { displayName, type ResourceKey, type ResourceName } from "../../../shared/contract/resource-key.ts";
import { isCreation } from "../plan/joined-changes.ts";
import type { Ids, ResourcePlan } from "../plan/resource-plan.ts";

/** Notes what is about to be done. */
export type Intend = (changes: readonly string[]) => Promise<void>;

/** What has been done for one resource so far. When a call fails, it holds what was done until then. */
export class ResourceChanges {
  isCreated = false;
  isDeleted = false;
  /** A validation failed: a new service stays inactive, a live resource as it was. */
  isUnvalidated = false;
  readonly problems: Problem[] = [];
  /** Its ids in RingCX, as far as they are known. */
  readonly ids: Partial<Ids>;
  /** What was changed, in words. */
  readonly changes: string[] = [];
  /** What was left as it is, and why, in words: reported with the changes, but none of them. */
  readonly remarks: string[] = [];
  /** Changes and remarks in the order in which they came about, as the outcome lists them. */
  readonly lines: string[] = [];
  /** The changes that are being made: where that fails, nobody knows whether they were. */
  #underWay: readonly string[] = [];
  readonly #intend: Intend;
  readonly #intended = new Set<string>();

  /** What an earlier turn was about to do, and may have done. */
  readonly earlier: readonly string[];

  /** @param intend notes what the plan did not say, so that it is told after a crash, too */
  constructor(ids: Partial<Ids> = {}, intend: Intend = async () => {}, earlier: readonly string[] = []) {
    this.ids = { ...ids };
    this.#intend = intend;
    this.earlier = earlier;
  }

  /** What may have been done, although nothing has said so. */
  get inDoubt(): readonly string[] {
    return this.#underWay;
  }

  /** Before the changes that a step of the plan makes. */
  begin(changes: readonly string[]): void {
    this.#underWay = changes;
  }

  /**
   * Just before the request by which it comes into being, and not when that is planned: a list that does not show it may be old,
   * and then the plan is made anew.
   */
  async beginMaking(changes: readonly string[]): Promise<void> {
    for (const change of changes) await this.intend(change);
    this.#underWay = changes;
  }

  /** That request made nothing, for certain. */
  notMade(): void {
    this.#underWay = [];
  }

  /** Whether anything is written down of it that a later turn must not take for done. */
  get isNoted(): boolean {
    return this.lines.length > 0 || this.#intended.size > 0 || this.#underWay.length > 0;
  }

  /** Before a turn ends that is to be taken again: what a plan only concluded, the next one may conclude otherwise. */
  forget(conclusions: readonly string[]): void {
    if (this.isCreated || this.#underWay.some(isCreation)) return;
    const isLeft = (line: string) => !conclusions.includes(line);
    this.lines.splice(0, Number.POSITIVE_INFINITY, ...this.lines.filter(isLeft));
  }

  /** Notes a change that is about to be made, perhaps by somebody else. */
  async intend(change: string): Promise<void> {
    if (this.#intended.has(change)) return;
    await this.#intend([change]);
    this.#intended.add(change);
  }

  /** Makes a change that no step of the plan has announced. */
  async make<Result>(change: string, act: () => Promise<Result>): Promise<Result> {
    await this.intend(change);
    const before = this.#underWay;
    this.#underWay = [...before, change];
    const result = await act();
    this.#underWay = before;
    this.change(change);
    return result;
  }

  /** What has been done. */
  change(...changes: readonly string[]): void {
    this.#underWay = this.#underWay.filter((change) => !changes.includes(change));
    this.changes.push(...changes);
    this.lines.push(...changes);
  }

  remark(...remarks: readonly string[]): void {
    this.remarks.push(...remarks);
    this.lines.push(...remarks);
  }
}

/** What became of one resource in this run. */
export interface ResourceResult {
  key: ResourceKey;
  outcome: ResourceOutcome;
  /** It was made, however the rest went. */
  isCreated: boolean;
  /** It may succeed later without anybody changing anything. */
  isTransient: boolean;
  /** A later message of the same sender has shaped it: nothing was done. */
  isSuperseded: boolean;
  isUnvalidated: boolean;
  /** What a turn may have done of it without knowing. */
  inDoubt?: readonly string[];
}

/** Why a service is not as the manifest says: a remark about what was not changed. */
export function leftAsItIs(isActive: boolean, because: string): string {
  return `left ${isActive ? "active" : "inactive"}: ${because}`;
}

/** Whether a line of an outcome says that the service was left as it is. */
export function saysLeft(line: string): boolean {
  return /^left (active|inactive): /.test(line);
}

/** In one word what became of a resource whose plan was applied to its end. */
export function resultName({ isCreated, isDeleted, changes, problems }: ResourceChanges): ResourceOutcome["result"] {
  if (isDeleted) return "DELETED";
  if (isCreated) return "CREATED";
  if (changes.length > 0) return "UPDATED";
  return problems.length > 0 ? "FAILED" : "UNCHANGED";
}

/** The result of a resource of which something was, or could have been, done. */
export function resourceResult(
  { key, resource }: ResourcePlan<ResourceName>,
  { lines, problems, ids, isCreated, isUnvalidated, inDoubt }: ResourceChanges,
  result: ResourceOutcome["result"],
): ResourceResult {
  return {
    key,
    outcome: {
      kind: resource.kind,
      name: displayName(resource),
      result,
      ...(Object.keys(ids).length > 0 && { ids: definedIds(ids) }),
      ...(lines.length > 0 && { changes: [...lines] }),
      ...(problems.length > 0 && { problems: [...problems] }),
    },
    isCreated,
    isTransient: false,
    isSuperseded: false,
    isUnvalidated,
    ...(inDoubt.length > 0 && { inDoubt }),
  };
}

/** The result of a resource that something else keeps back. @param blocker what, in words */
export function blockedResult(plan: ResourcePlan<ResourceName>, blocker: string): ResourceResult {
  const hint = "mend that one: this one is done with it when the message is sent again";
  return skippedResult(plan, { problems: [{ path: plan.path, message: `waits for ${blocker}`, hint }] });
}

/** Why nothing is done, or would be, for a resource that a later message of the same sender has shaped. */
export const supersededBecause = "superseded: a later message of the same sender shaped it";

/** The result of a resource that a later message of the same sender has shaped. */
export function supersededResult(plan: ResourcePlan<ResourceName>): ResourceResult {
  return { ...skippedResult(plan, { changes: [supersededBecause] }), isSuperseded: true };
}

function skippedResult(
  { key, resource }: ResourcePlan<ResourceName>,
  why: Pick<ResourceOutcome, "changes" | "problems">,
): ResourceResult {
  return {
    key,
    outcome: { kind: resource.kind, name: displayName(resource), result: "SKIPPED", ...why },
    isCreated: false,
    isTransient: false,
    isSuperseded: false,
    isUnvalidated: false,
  };
}

/** Ids as an outcome holds them. */
export function definedIds(ids: Partial<Ids>): Record<string, string | number> {
  return Object.fromEntries(Object.entries(ids).filter(([, id]) => id !== undefined));
}
