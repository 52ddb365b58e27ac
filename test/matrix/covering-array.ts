import {
  type AssumptionName,
  answersOf,
  assumptionNames,
  type Profile,
} from "../../infra/local/ringcx-simulator/assumptions/catalogue.ts";
import { profileFrom } from "../../infra/local/ringcx-simulator/assumptions/profile.ts";
import { seeded } from "../support/virtual-time.ts";

/** Candidates from which the best row is taken. */
const candidates = 10;

/** Two answers of different assumptions. */
const pairOf = (a: AssumptionName, x: string, b: AssumptionName, y: string) => `${a}=${x}&${b}=${y}`;

/** Every pair of answers of two assumptions. */
export function allPairs(): Set<string> {
  const pairs = new Set<string>();
  assumptionNames.forEach((a, index) => {
    for (const b of assumptionNames.slice(index + 1)) {
      for (const x of answersOf(a)) for (const y of answersOf(b)) pairs.add(pairOf(a, x, b, y));
    }
  });
  return pairs;
}

/** The pairs that a profile holds. */
export function pairsIn(profile: Readonly<Record<string, string>>): string[] {
  return assumptionNames.flatMap((a, index) =>
    assumptionNames.slice(index + 1).map((b) => pairOf(a, profile[a] ?? "", b, profile[b] ?? "")),
  );
}

/**
 * Profiles in which every pair of answers occurs: a greedy array as AETG makes it (Cohen et al., 1997), each row the best of
 * some, each answer of a row the one with most pairs that are left. The same each time.
 */
export function coveringArray(): Profile[] {
  const left = allPairs();
  const random = seeded(7);
  const rows: Profile[] = [];
  while (left.size > 0) {
    const made = Array.from({ length: candidates }, () => candidate(left, random));
    const best = made.reduce((a, b) => (gain(a, left) >= gain(b, left) ? a : b));
    for (const pair of pairsIn(best)) left.delete(pair);
    rows.push(profileFrom(best));
  }
  return rows;
}

function gain(row: Readonly<Record<string, string>>, left: ReadonlySet<string>): number {
  return pairsIn(row).filter((pair) => left.has(pair)).length;
}

function candidate(left: ReadonlySet<string>, random: () => number): Record<string, string> {
  // It begins with a pair that is left, so that each row covers at least one more.
  const seeds = [...left];
  const seed = seeds[Math.floor(random() * seeds.length)] ?? "";
  const row: Record<string, string> = Object.fromEntries(seed.split("&").map((part) => part.split("=")));
  const order = assumptionNames
    .filter((name) => !(name in row))
    .map((name) => ({ name, at: random() }))
    .toSorted((a, b) => a.at - b.at);
  for (const { name } of order) {
    const scored = answersOf(name).map((answer) => ({
      answer,
      score: newPairs(row, name, answer, left),
      at: random(),
    }));
    row[name] = scored.toSorted((a, b) => b.score - a.score || a.at - b.at)[0]?.answer ?? "";
  }
  return row;
}

function newPairs(
  row: Readonly<Record<string, string>>,
  name: AssumptionName,
  answer: string,
  left: ReadonlySet<string>,
): number {
  const place = assumptionNames.indexOf(name);
  return Object.entries(row).filter(([other, given]) => {
    const otherName = other as AssumptionName;
    const isBefore = assumptionNames.indexOf(otherName) < place;
    return left.has(isBefore ? pairOf(otherName, given, name, answer) : pairOf(name, answer, otherName, given));
  }).length;
}
