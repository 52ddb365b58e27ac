import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openJournal } from "../../../cli/conformance/journal.ts";
import { createMark, markFrom } from "../../../cli/conformance/mark.ts";
import { groupState, namesOf, ownGroup, runningGroupName, runOf } from "../../../cli/conformance/own-names.ts";

const mark = createMark(Date.UTC(2030, 0, 1, 12), () => Buffer.from([1, 2, 3, 4]));
const other = createMark(Date.UTC(2030, 0, 1, 12), () => Buffer.from([1, 2, 3, 5]));
const { services, authConfigs } = namesOf(mark);

test("a mark says when its run began, and no other twenty digits are one", () => {
  expect(markFrom(mark.text.toUpperCase())).toEqual(mark);
  const near = Array.from(
    { length: 20 },
    (_, at) => mark.text.slice(0, at) + (mark.text[at] === "0" ? "1" : "0") + mark.text.slice(at + 1),
  );
  expect(near.filter((one) => markFrom(one) !== undefined)).toEqual([]);
  expect([markFrom(""), markFrom("0".repeat(20)), markFrom(`${mark.text}0`)]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("a run's own is what has a name of its word for word, and its mark wherever else it shows one", () => {
  const { filler, ...named } = services;
  for (const name of [
    ...Object.values(named),
    filler(7),
    services.decomposed.normalize("NFC"),
    services.long.slice(0, 64),
  ]) {
    expect([name, runOf({ serviceDescription: name })?.text]).toEqual([name, mark.text]);
    expect(
      runOf({ serviceDescription: name, httpServiceConfig: { url: `https://${mark.text}.conformance.invalid` } }),
    ).toEqual(mark);
    expect(
      runOf({ serviceDescription: name, httpServiceConfig: '{"url":"https://people.example.com"}' }),
    ).toBeUndefined();
    expect(
      runOf({ serviceDescription: name, httpServiceConfig: `https://${other.text}.conformance.invalid` }),
    ).toBeUndefined();
    expect(
      runOf({ serviceDescription: name, endpoint: "https://people.example.com", httpServiceConfig: {} }),
    ).toBeUndefined();
    for (const changed of [
      `${name} 2`,
      `a ${name}`,
      name.replace(new RegExp(mark.text, "i"), ""),
      name.replace(/conformance/i, "check"),
    ]) {
      expect([changed, runOf({ serviceDescription: changed })]).toEqual([changed, undefined]);
    }
    // It is no name of an auth config.
    expect(runOf({ providerName: name })).toBeUndefined();
  }
  for (const name of Object.values(authConfigs)) {
    for (const description of [undefined, null, "", `made by a conformance run, ${mark.text}`]) {
      expect(runOf({ providerName: name, description })).toEqual(mark);
    }
    expect(runOf({ providerName: name, description: "Ours" })).toBeUndefined();
  }
});

test("a group is the runs' own by its whole name", () => {
  expect(groupState(ownGroup)).toBe("idle");
  expect(groupState(runningGroupName(mark))).toEqual(mark);
  // As long as a RingCX takes that refuses long names.
  expect(runningGroupName(mark).length).toBeLessThanOrEqual(64);
  const others = [
    `${ownGroup} `,
    ownGroup.toUpperCase(),
    `${runningGroupName(mark)} 2`,
    runningGroupName(mark).slice(0, -1),
    "",
    undefined,
  ];
  expect(others.filter((name) => groupState(name) !== undefined)).toEqual([]);
});

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "conformance-journal-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

test("a run is known to be over where its process, on this machine, has ended", async () => {
  const on = (machine: string, isAlive = true) => ({ process: 42, machine, isAlive: () => isAlive });
  const journal = await openJournal(directory, on("here"));
  expect(journal.isOver(mark)).toBe(false);
  await journal.write(mark);
  const isOver = async (machine: string, isAlive: boolean, of = mark) =>
    (await openJournal(directory, on(machine, isAlive))).isOver(of);
  expect(await isOver("here", false)).toBe(true);
  expect([await isOver("here", true), await isOver("there", false), await isOver("here", false, other)]).toEqual([
    false,
    false,
    false,
  ]);
  await journal.remove();
  expect(await isOver("here", false)).toBe(false);
  await writeFile(join(directory, "run-1.json"), "not JSON");
  expect(await isOver("here", false)).toBe(false);
});

test("whoever is refused leaves what another run has written, and whoever takes over leaves nothing", async () => {
  const self = (process: number, living: readonly number[]) => ({
    process,
    machine: "here",
    isAlive: (id: number) => living.includes(id),
  });
  const works = await openJournal(directory, self(1, [1, 2]));
  await works.write(mark);
  // Before it has written anything; and after, where two began at the same moment.
  await (await openJournal(directory, self(2, [1, 2]))).remove();
  const second = await openJournal(directory, self(2, [1, 2]));
  await second.write(other);
  await second.remove();
  // The one that works is killed.
  const third = await openJournal(directory, self(3, [3]));
  expect([third.isOver(mark), third.isOver(other)]).toEqual([true, false]);
  await third.write(other);
  await third.remove();
  expect((await readdir(directory)).filter((name) => name.startsWith("run"))).toEqual(["run-1.json"]);
});
