import { readFileSync, writeFileSync } from "node:fs";
import { applyMessage, type Fixture, startFixture } from "../functions/provision-services/fixture.ts";

// `npm run scaling`: what large messages cost and take, against the simulator's limit of 120 requests a minute; writes the
// table of docs/scaling.md. Waiting is skipped, so that minutes take seconds.

const perMinute = 120;
const counts = [1, 40, 100, 200];
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

/** What each kind asks for, and the fewest requests that can do it. */
const kinds: readonly [
  what: string,
  isMade: boolean,
  message: (count: number) => { id: string },
  fewest: (count: number) => number,
][] = [
  ["new, with inputs", false, create, (count) => 1 + 2 * count],
  ["unchanged", true, create, (count) => 1 + count],
  ["copied to another group", true, copy, (count) => 2 + 3 * count],
  ["retired and deleted", true, retire, (count) => 1 + count],
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

const rows: string[] = [];
for (const isBeside of [false, true]) {
  for (const [what, isMade, message, fewest] of kinds) {
    for (const count of counts) {
      const fixture = await startFixture({ simulator: { limit: perMinute }, allowedHosts: ["crm.example.com"] });
      const groups = ["G", "Others"].map((groupName) => ({ kind: "httpServiceGroup", groupName }));
      await play(fixture, applyMessage(groups));
      if (isMade) await play(fixture, create(count));
      fixture.skip(120_000);
      const { requests, minutes, waits } = await play(fixture, message(count), isBeside);
      const possible = Math.ceil(requests / perMinute) - 1;
      const limited = fixture.simulator.requests.filter(({ status }) => status === 429).length;
      // A small one makes a service and its inputs.
      const least = fewest(count) + 2 * waits.length;
      const longest = waits.length === 0 ? "" : `${waits.length}, ${(Math.max(...waits) / 1_000).toFixed(0)} s`;
      const cells = [
        what,
        count,
        requests,
        (requests / least).toFixed(2),
        minutes.toFixed(1),
        possible,
        limited,
        longest,
      ];
      rows.push(`| ${cells.join(" | ")} |`);
      process.stdout.write(`${rows.at(-1)}\n`);
      await fixture.stop();
    }
  }
}
const file = new URL("../../docs/scaling.md", import.meta.url);
const head =
  "| services | how many | requests | ÷ the fewest | minutes | possible | refused (429) | small ones beside it, longest wait |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n";
const text = readFileSync(file, "utf8");
const [start, end] = ["<!-- large messages -->\n", "<!-- end -->"];
writeFileSync(
  file,
  `${text.slice(0, text.indexOf(start) + start.length) + head + rows.join("\n")}\n${text.slice(text.indexOf(end))}`,
);
