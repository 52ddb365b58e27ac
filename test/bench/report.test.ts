import { describe, expect, test } from "vitest";
import { chartSvg } from "./chart.ts";
import { replaced, reportText } from "./report.ts";

const chart = {
  name: "speed",
  title: "Time of a <call>",
  bars: [
    { label: "ours", value: 5, text: "5 ms", isPeer: false },
    { label: 'the "other"', value: 10, text: "10 ms", isPeer: true },
  ],
};

test("a chart's bars have one scale, from nothing to the longest, and its words cannot break the picture", () => {
  const svg = chartSvg(chart);
  expect([...svg.matchAll(/<rect class="(\w+)"[^>]* width="([\d.]+)"/g)].map(([, who, width]) => [who, width])).toEqual(
    [
      ["ours", "180.0"],
      ["peer", "360.0"],
    ],
  );
  expect(svg).toContain("Time of a &lt;call>");
  expect(svg).toContain("the &quot;other&quot;");
});

describe("a report in a document", () => {
  const table = { title: "Calls.", headings: ["", "ms"], rows: [["ours", "5"]] };
  const text = reportText({ tables: [table], charts: [chart] }, "pictures");

  test("is its pictures and its tables", () => {
    expect(text).toBe("![Time of a <call>](pictures/speed.svg)\n\nCalls.\n\n|  | ms |\n| --- | --- |\n| ours | 5 |");
  });

  test("takes the place of what was between its marks, and of nothing else", () => {
    const document = "a\n<!-- one -->\nold\n<!-- end one -->\nb\n<!-- two -->\n<!-- end two -->\n";
    const next = replaced(document, "two", "new");
    expect(next).toBe("a\n<!-- one -->\nold\n<!-- end one -->\nb\n<!-- two -->\nnew\n<!-- end two -->\n");
    expect(replaced(next, "two", "new")).toBe(next);
    expect(() => replaced(document, "three", "new")).toThrow("no marks for three");
  });
});
