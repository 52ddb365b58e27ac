import { RegionInfo } from "aws-cdk-lib/region-info";
import { nearest } from "../shared/primitives/nearest.ts";
import type { EnvironmentSettings } from "./environment-schema.ts";

/**
 * Regions of the settings that the installed CDK does not know, each in a sentence with those that are like it. To be warned
 * of, not refused: AWS opens new ones.
 */
export function unknownRegions({ region, failover }: Pick<EnvironmentSettings, "region" | "failover">): string[] {
  const known = RegionInfo.regions.map(({ name }) => name);
  const places = [
    { path: "region", named: region },
    ...(failover.alarmRegions ?? []).map((named, index) => ({ path: `failover.alarmRegions[${index}]`, named })),
  ];
  return places
    .filter(({ named }) => !known.includes(named))
    .map(
      ({ path, named }) =>
        `${path}: ${named} is no region that the installed aws-cdk-lib knows.${nearest(named, known, 2)} Where AWS has it, it is newer than that`,
    );
}
