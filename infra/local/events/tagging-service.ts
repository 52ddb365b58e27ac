import * as z from "zod";
import { type AwsService, AwsServiceError } from "../gateway/aws-request.ts";
import { jsonResponse } from "../gateway/aws-response.ts";
import type { Alarms } from "./alarms.ts";

const getResourcesInput = z.object({
  ResourceTypeFilters: z.array(z.string()).default([]),
  TagFilters: z.array(z.object({ Key: z.string(), Values: z.array(z.string()).default([]) })).default([]),
  ResourcesPerPage: z.int().min(1).max(100).default(50),
  PaginationToken: z.string().default(""),
});

/**
 * The Resource Groups Tagging API as far as alarms go: which of them have a tag?
 *
 * @param alarmsIn the alarms of a region
 */
export function taggingService(alarmsIn: (region: string) => Alarms): AwsService {
  return ({ operation, input, region }) => {
    if (operation !== "GetResources") {
      throw new AwsServiceError("InvalidAction", `The local host's tagging API has no operation ${operation}.`);
    }
    const { success, data, error } = getResourcesInput.safeParse(input);
    if (!success) throw new AwsServiceError("InvalidParameterException", z.prettifyError(error));
    const { ResourceTypeFilters, TagFilters, ResourcesPerPage, PaginationToken } = data;
    if (ResourceTypeFilters.some((type) => type !== "cloudwatch:alarm")) {
      throw new AwsServiceError(
        "InvalidParameterException",
        "The local host's tagging API knows cloudwatch:alarm only.",
      );
    }
    const found = alarmsIn(region)
      .all()
      .filter(({ tags }) => tags.size > 0)
      .filter(({ tags }) =>
        TagFilters.every(({ Key, Values }) => {
          const value = tags.get(Key);
          return value !== undefined && (Values.length === 0 || Values.includes(value));
        }),
      );
    const start = PaginationToken === "" ? 0 : Number(PaginationToken);
    const page = found.slice(start, start + ResourcesPerPage);
    const end = start + page.length;
    return jsonResponse({
      PaginationToken: end < found.length ? String(end) : "",
      ResourceTagMappingList: page.map(({ arn, tags }) => ({
        ResourceARN: arn,
        Tags: [...tags].map(([Key, Value]) => ({ Key, Value })),
      })),
    });
  };
}
