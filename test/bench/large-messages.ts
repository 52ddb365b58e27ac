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
  message: (count: number) => object,
  fewest: (count: number) => number,
][] = [
  ["new, with inputs", false, create, (count) => 1 + 2 * count],
  ["unchanged", true, create, (count) => 1 + count],
  ["copied to another group", true, copy, (count) => 2 + 3 * count],
  ["retired and deleted", true, retire, (count) => 1 + count],
];

async function play(fixture: Fixture, message: object): Promise<{ requests: number; minutes: number }> {
  fixture.operations();
  const before = fixture.now();
  const outcomes = fixture.outcomes.length;
  await fixture.deliver([message], { forMs: 55_000 });
  while (fixture.outcomes.length === outcomes) {
    fixture.skip(fixture.wakes().at(-1)?.inMs ?? 0);
    await fixture.work(55_000);
  }
  const status = fixture.outcomes.at(-1)?.status;
  if (status !== "SUCCEEDED" && status !== "NO_CHANGE") throw new Error(`it ended ${status}`);
  return { requests: fixture.operations().length, minutes: (fixture.now() - before) / 60_000 };
}

const rows: string[] = [];
for (const [what, isMade, message, fewest] of kinds) {
  for (const count of counts) {
    const fixture = await startFixture({ simulator: { limit: perMinute }, allowedHosts: ["crm.example.com"] });
    await play(fixture, applyMessage([{ kind: "httpServiceGroup", groupName: "G" }]));
    if (isMade) {
      await play(fixture, create(count));
    }
    fixture.skip(120_000);
    const { requests, minutes } = await play(fixture, message(count));
    const possible = Math.ceil(requests / perMinute) - 1;
    const limited = fixture.simulator.requests.filter(({ status }) => status === 429).length;
    const cells = [what, count, requests, (requests / fewest(count)).toFixed(2), minutes.toFixed(1), possible, limited];
    rows.push(`| ${cells.join(" | ")} |`);
    process.stdout.write(`${rows.at(-1)}\n`);
    await fixture.stop();
  }
}
const file = new URL("../../docs/scaling.md", import.meta.url);
const head =
  "| services | how many | requests | ÷ the fewest | minutes | possible | refused (429) |\n| --- | --- | --- | --- | --- | --- | --- |\n";
const text = readFileSync(file, "utf8");
const [start, end] = ["<!-- large messages -->\n", "<!-- end -->"];
writeFileSync(
  file,
  `${text.slice(0, text.indexOf(start) + start.length) + head + rows.join("\n")}\n${text.slice(text.indexOf(end))}`,
);
