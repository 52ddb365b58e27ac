import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

// What one page says of money and sweeps, another says, too: the pages of tables, which commands write, are the source.

const page = (name: string) => readFileSync(name, "utf8");
const costs = page("docs/costs.md");

/** The cells of the first row that begins so, in a part of a page between its marks. */
function row(text: string, part: string, beginning: string): string[] {
  const within = text.split(`<!-- ${part} -->`)[1]?.split(`<!-- end ${part} -->`)[0] ?? "";
  const line = within.split("\n").find((each) => each.startsWith(beginning)) ?? "";
  return line.split("|").map((cell) => cell.trim());
}

const [, , , ...estimate] = row(costs, "estimate", "| **together**").slice(0, 6);
const [, , , ...accounts] = row(costs, "accounts", "| **together**").slice(0, 6);
const [, , , ...each] = row(costs, "accounts", "| of it for an account").slice(0, 6);

test("the tables have what the others are held against", () => {
  for (const amounts of [estimate, accounts, each]) expect(amounts.join()).toMatch(/^\$[\d.]+,\$[\d.]+,\$[\d.]+$/);
});

describe("a thousand accounts in docs/scaling.md", () => {
  const scaling = page("docs/scaling.md").split("\n");

  test.each([
    ["1", 0],
    ["100", 1],
    ["1,000", 2],
  ])("%s cost what docs/costs.md has", (count, index) => {
    const line = scaling.find((one) => one.startsWith(`| ${count} | `)) ?? "";
    const money = index === 0 ? accounts[0] : `${accounts[index]}, ${each[index]}`;
    expect(line.split("|").at(-2)?.trim()).toBe(money);
  });

  test.each(["100", "1000"])("%s are swept as docs/benchmarks.md has it", (count) => {
    const [, , , sweep, , , calls, questions] = row(page("docs/benchmarks.md"), "scale", `| ${count} | 10 |`);
    const shown = Number(count).toLocaleString("en");
    const line = scaling.find((one) => one.startsWith(`| ${shown} | `)) ?? "";
    expect(line).toContain(`| ${shown} | ${sweep} | 60 s | ${Number(calls).toLocaleString("en")}, ${questions} |`);
  });
});

test("the targets of docs/benchmarks.md have the amounts of docs/costs.md", () => {
  const targets = page("docs/benchmarks.md").split("## Requests")[0] ?? "";
  expect(targets).toContain(`no: ${estimate[0]}, ${estimate[1]} and ${estimate[2]},`);
  expect(targets).toContain(`${each[2]} a month for each of 1,000, ${each[1]} of 100`);
});

test.each(["README.md", "docs/comparison.md"])("%s rounds those to dollars", (name) => {
  const [least, , most] = estimate.map((amount) => Math.round(Number(amount.slice(1))));
  expect(page(name)).toContain(`${least} to ${most} dollars a month`);
});
