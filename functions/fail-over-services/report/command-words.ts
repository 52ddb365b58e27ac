import { decideActivation } from "../../../shared/activation/decide-activation.ts";
import type { ActivationChange, Intent, StoredActivation } from "../../../shared/records/account/activation.ts";
import { recordAfter } from "../../../shared/records/account/activation-item.ts";
import { displayName } from "../../../shared/records/service-name.ts";
import type { WatchedService } from "../watchlist/watched-services.ts";
import { standingOf, standingWords } from "./standing.ts";

/** What is about to be done of which the command is not the cause. */
export function pendingWords(
  service: WatchedService,
  words: string,
  record: StoredActivation,
  { isActive }: Pick<Intent, "isActive">,
  now: number,
): string {
  const { because, next } = standingOf(record, now, service);
  const change = isActive ? "activated" : "deactivated";
  const ends = next === undefined ? "" : ` ${next}.`;
  return `${displayName(service.name)} is about to be ${change}: ${words} changes nothing about it; ${because}.${ends}`;
}

/** What the service is, and what a command would do. */
export function plannedWords(
  service: WatchedService,
  words: string,
  before: StoredActivation,
  change: ActivationChange,
  now: number,
): string {
  const { state, because } = standingOf(before, now, service);
  const after = recordAfter(before, change, now);
  const { action } = decideActivation(after, now);
  const planned = standingOf(after, now, service);
  const would = action === "leave" ? "leave it as it is" : `${action} it`;
  const is = state === "as it is" ? "was not seen yet" : `is ${state} now`;
  const next = planned.next === undefined ? "" : ` ${planned.next}.`;
  return `${displayName(service.name)} ${is} (${because}). Nothing was done (dryRun): ${words} would ${would} (${planned.because}).${next}`;
}

/** What a command has left as it was: what the service is now, why, and what comes next. */
export function unchangedWords(service: WatchedService, words: string, record: StoredActivation, now: number): string {
  const { because, next } = standingOf(record, now, service);
  return `${displayName(service.name)} ${standingWords(record, now)}: ${words}; ${because}.${next === undefined ? "" : ` ${next}.`}`;
}
