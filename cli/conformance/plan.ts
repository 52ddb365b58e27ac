import { limitRequests } from "./steps/limits.ts";

/** What a run does, in its order, and how many requests each part takes at most. */
const plan: readonly { what: string; requests: number }[] = [
  { what: "log in, renew a token, and ask with a token that is none", requests: 12 },
  { what: "look for another run, and for what an earlier one left (which is removed, at a request each)", requests: 4 },
  { what: "make the group, read it by every way, and mark it as long as the run works in it", requests: 8 },
  { what: "make a service, change it, link it, save and delete its inputs", requests: 24 },
  { what: "make an auth config of each of the five types, read, change and delete them", requests: 24 },
  { what: "activate that service for a moment, and clone it twice", requests: 10 },
  { what: "make five services with odd names, and one with a wrong body", requests: 8 },
  { what: "fill the group up to 26 services (fewer where the rest took more), and read lists and pages", requests: 26 },
  { what: "delete all services again", requests: 31 },
  { what: "wait for the end of a token, five minutes", requests: 2 },
];

/** What `--measure-limit` does beside. */
const measurement = {
  what: "use the rate limit up, three times, and log in eleven times: every other user of it is refused meanwhile (about ten minutes)",
  requests: limitRequests,
};

/** The parts of a run. */
export function planOf(measuresLimit: boolean): typeof plan {
  return measuresLimit ? [...plan, measurement] : plan;
}

/**
 * How many requests a run takes at most, where nothing was left: its budget. What takes more, as RingCX refuses changes of
 * inactive services, is late or cuts its answers, is saved on the last part and then on those before it.
 */
export function mostRequests(measuresLimit = false): number {
  return planOf(measuresLimit).reduce((sum, { requests }) => sum + requests, 0);
}
