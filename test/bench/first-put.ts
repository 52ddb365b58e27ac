import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Assembly } from "../../infra/local/template/assembly.ts";
import { bundlePeer } from "./bundle-peer.ts";
import { type ColdStart, startFirstPutWorld } from "./first-put-world.ts";
import { median } from "./median.ts";
import type { Report } from "./report.ts";
import { tripsInSequence } from "./trips-in-sequence.ts";

/** Cold processes of each kind, which take turns. */
const starts = 11;

/**
 * From the start of a fresh process to the PUT by which RingCX takes a service out, beside the same work written plainly.
 *
 * @param entry of FailOverServices's bundle
 * @param places a directory to work in, and where the template's functions are bundled
 */
export async function firstPut(
  entry: string,
  places: { directory: string; codeDirectories: Assembly["codeDirectories"] },
): Promise<Report> {
  const ours = { id: "Ours", file: entry };
  const withTable = { id: "PlainWithTable", file: await bundled("plain-table-handler.ts", places.directory) };
  const withoutAws = { id: "Plain", file: await bundled("plain-handler.ts", places.directory) };
  const contenders = [
    // The first one leaves the second its session.
    { label: "ours, no session in the table", bundle: ours, isPeer: false },
    { label: "ours, a session in the table", bundle: ours, hasSession: true, isPeer: false },
    { label: "plainly, the alarm's services in DynamoDB", bundle: withTable, isPeer: true },
    { label: "plainly, without AWS", bundle: withoutAws, isPeer: true },
  ];
  const world = await startFirstPutWorld([ours, withTable, withoutAws], places);
  try {
    const found = contenders.map((): ColdStart[] => []);
    for (let start = 0; start < starts; start += 1) {
      for (const [index, { bundle, hasSession = false }] of contenders.entries()) {
        found[index]?.push(await world.coldStart(bundle, { hasSession }));
      }
    }
    const middle = (index: number, of: (start: ColdStart) => number) => median((found[index] ?? []).map(of));
    const ms = (index: number) => `${middle(index, (start) => start.ms).toFixed(0)}`;
    return {
      tables: [
        {
          title: `From the start of a fresh process to the PUT that takes a service out, ${starts} times each, in turns: medians, and the trips before the PUT.`,
          headings: [
            "",
            "ms",
            "of it Node",
            "of it the bundle",
            "CPU ms",
            "of it the bundle",
            "trips to RingCX",
            "trips to AWS",
            "of both, one after the other",
          ],
          rows: contenders.map(({ label }, index) => [
            label,
            ms(index),
            ...[
              ({ nodeMs }: ColdStart) => nodeMs,
              ({ loadMs }: ColdStart) => loadMs,
              ({ cpuMs }: ColdStart) => cpuMs,
              ({ loadCpuMs }: ColdStart) => loadCpuMs,
              ({ trips }: ColdStart) => trips.filter(({ to }) => to === "RingCX").length,
              ({ trips }: ColdStart) => trips.filter(({ to }) => to === "AWS").length,
              ({ trips }: ColdStart) => tripsInSequence(trips),
            ].map((of) => middle(index, of).toFixed(0)),
          ]),
        },
      ],
      charts: [
        {
          name: "first-put",
          title: "From the start of a fresh process to its first PUT, median on one machine, milliseconds",
          bars: contenders.map(({ label, isPeer }, index) => ({
            label: label.replace("the alarm's services in", "with"),
            value: middle(index, (start) => start.ms),
            text: `${ms(index)} ms`,
            isPeer,
          })),
        },
      ],
    };
  } finally {
    await world.stop();
  }
}

function bundled(name: string, directory: string): Promise<string> {
  return bundlePeer(
    { entryPoints: [fileURLToPath(new URL(name, import.meta.url))] },
    join(directory, name.replace(".ts", ".mjs")),
  );
}
