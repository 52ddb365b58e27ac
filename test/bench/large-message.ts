import { applyMessage, type Fixture, startFixture } from "../functions/provision-services/fixture.ts";

/** RingCX's limit for an account. */
const perMinute = 120;

const inputs = [{ name: "ani", type: "PARAMETER", simpleDataType: "STRING", value: "", rank: "0" }];
const url = "https://crm.example.com/look-up";

const services = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    kind: "httpService",
    groupName: "G",
    serviceDescription: `S${index}`,
    serviceType: "HTTP_GET",
    httpServiceConfig: { url },
    httpServiceInputs: inputs,
  }));
const create = (count: number) => applyMessage(services(count));
const copy = () => ({
  ...applyMessage([]),
  type: "ringcx.copy.v1",
  data: { accountId: "123456", from: { groupName: "G" }, to: { groupName: "H" } },
});
const retire = (count: number) => {
  const resources = services(count).map(({ kind, groupName, serviceDescription }) => ({
    kind,
    groupName,
    serviceDescription,
    delete: "service",
  }));
  return { ...applyMessage([]), type: "ringcx.retire.v1", data: { accountId: "123456", resources } };
};

/** A kind of large messages, by the number of its services. */
export interface Kind {
  what: string;
  /** Its services are there before. */
  isMade: boolean;
  message(count: number): { id: string };
  fewest(count: number): number;
}

/** What each kind asks for, and the fewest requests that can do it. */
export const kinds: readonly Kind[] = [
  { what: "new, with inputs", isMade: false, message: create, fewest: (count) => 1 + 2 * count },
  { what: "unchanged", isMade: true, message: create, fewest: (count) => 1 + count },
  { what: "copied to another group", isMade: true, message: copy, fewest: (count) => 2 + 3 * count },
  { what: "retired and deleted", isMade: true, message: retire, fewest: (count) => 1 + count },
];

/** Every so often another team sends a small message about a service of its own, in milliseconds. */
const smallEveryMs = 15_000;
let smallOnes = 0;
const small = () => {
  smallOnes += 1;
  const [service] = services(1);
  const resources = [{ ...service, groupName: "Others", serviceDescription: `Small ${smallOnes}` }];
  return applyMessage(resources, { event: { source: "/others" } });
};

interface Played {
  requests: number;
  minutes: number;
  /** How long each small message took, in milliseconds. */
  waits: number[];
}

async function play(fixture: Fixture, message: { id: string }, isBeside = false): Promise<Played> {
  fixture.operations();
  fixture.wakes();
  const before = fixture.now();
  const sent = new Map<string, number>();
  const waits: number[] = [];
  let told = fixture.outcomes.length;
  let wakeAt = before;
  let nextSmall = isBeside ? before + 2_000 : Number.POSITIVE_INFINITY;
  let end: number | undefined;
  const look = () => {
    wakeAt = fixture.now() + (fixture.wakes().at(-1)?.inMs ?? 0);
    for (const { cause, status } of fixture.outcomes.slice(told)) {
      if (status !== "SUCCEEDED" && status !== "NO_CHANGE") throw new Error(`it ended ${status}`);
      if (cause.id === message.id) end = fixture.now();
      waits.push(...[sent.get(cause.id)].flatMap((at) => (at === undefined ? [] : [fixture.now() - at])));
    }
    told = fixture.outcomes.length;
  };
  await fixture.deliver([message], { forMs: 55_000 });
  look();
  let requests = fixture.operations().length;
  while (end === undefined || waits.length < sent.size) {
    if (end === undefined && nextSmall <= wakeAt) {
      fixture.skip(Math.max(0, nextSmall - fixture.now()));
      const one = small();
      sent.set(one.id, fixture.now());
      nextSmall += smallEveryMs;
      await fixture.deliver([one], { messageGroupId: "others", forMs: 55_000 });
    } else {
      fixture.skip(Math.max(0, wakeAt - fixture.now()));
      await fixture.work(55_000);
    }
    look();
    requests += fixture.operations().length;
  }
  return { requests, minutes: (end - before) / 60_000, waits };
}

/** What a large message took. */
export interface Measured extends Played {
  /** The fewest requests that can do it, with those of the small ones beside it. */
  least: number;
  /** Minutes that its requests must take. */
  possible: number;
  /** Requests that RingCX refused for their rate. */
  limited: number;
}

/**
 * Plays one large message against the simulator's limit of 120 requests a minute. Waiting is skipped, so that minutes take
 * seconds.
 *
 * @param isBeside another team sends a small message every 15 seconds
 */
export async function measure({ isMade, message, fewest }: Kind, count: number, isBeside: boolean): Promise<Measured> {
  const fixture = await startFixture({ simulator: { limit: perMinute }, allowedHosts: ["crm.example.com"] });
  try {
    const groups = ["G", "Others"].map((groupName) => ({ kind: "httpServiceGroup", groupName }));
    await play(fixture, applyMessage(groups));
    if (isMade) await play(fixture, create(count));
    fixture.skip(120_000);
    const played = await play(fixture, message(count), isBeside);
    return {
      ...played,
      // A small one makes a service and its inputs.
      least: fewest(count) + 2 * played.waits.length,
      possible: Math.ceil(played.requests / perMinute) - 1,
      limited: fixture.simulator.requests.filter(({ status }) => status === 429).length,
    };
  } finally {
    await fixture.stop();
  }
}
