import type { Clock } from "../../../shared/primitives/clock.ts";
import type { ReadAlarmStates } from "./alarm-states.ts";
import { type AlarmState, placeOf } from "./evidence.ts";

/** How long the others of a batch are waited for, in milliseconds: what they have read of the table comes together. */
const gatherMs = 100;

/** One question that is being put together, for one place. */
interface Gathering {
  arns: Set<string>;
  states: Promise<ReadonlyMap<string, AlarmState>>;
}

/**
 * Reads the states of alarms for several accounts or services at once, because CloudWatch takes nine questions a second, each for a
 * hundred alarms. A question is one place's, so whoever has alarms in a slow place waits for it, and nobody else.
 * Source: CloudWatch service quotas, "DescribeAlarms".
 *
 * @param askers how many ask, at most: a single one need not wait
 */
export function gatherAlarmReads(
  { clock, readAlarmStates }: { clock: Clock; readAlarmStates: ReadAlarmStates },
  askers: number,
): ReadAlarmStates {
  if (askers < 2) return readAlarmStates;
  const gathering = new Map<string, Gathering>();
  const join = (place: string, arns: readonly string[]) => {
    const open = gathering.get(place) ?? begin(place);
    for (const arn of arns) open.arns.add(arn);
    return open.states;
  };
  const begin = (place: string): Gathering => {
    const arns = new Set<string>();
    const states = clock.sleep(gatherMs).then(() => {
      gathering.delete(place);
      return readAlarmStates([...arns]);
    });
    const begun = { arns, states };
    gathering.set(place, begun);
    return begun;
  };
  return async (alarmArns) => {
    const places = [...Map.groupBy(new Set(alarmArns), placeOf)];
    const answers = await Promise.all(places.map(([place, arns]) => join(place, arns)));
    const states = new Map(answers.flatMap((answer) => [...answer]));
    return new Map(
      alarmArns.flatMap((arn) => {
        const state = states.get(arn);
        return state ? [[arn, state] as const] : [];
      }),
    );
  };
}
