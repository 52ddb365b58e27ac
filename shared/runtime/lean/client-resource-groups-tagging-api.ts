import type { GetResourcesCommandInput, GetResourcesCommandOutput } from "@aws-sdk/client-resource-groups-tagging-api";
import { type ClientSettings, commandOf, JsonClient, pagesOf } from "./json-client.ts";

/** Takes the place of `@aws-sdk/client-resource-groups-tagging-api` in the bundles. */
export class ResourceGroupsTaggingAPIClient extends JsonClient {
  constructor(settings: ClientSettings) {
    super({ service: "tagging", target: "ResourceGroupsTaggingAPI_20170126", version: "1.1" }, settings);
  }
}

const GetResourcesCommand = commandOf<GetResourcesCommandInput, GetResourcesCommandOutput>("GetResources");

export function paginateGetResources(
  { client, pageSize: ResourcesPerPage }: { client: ResourceGroupsTaggingAPIClient; pageSize: number },
  input: GetResourcesCommandInput,
) {
  return pagesOf(
    (PaginationToken) => client.send(new GetResourcesCommand({ ...input, ResourcesPerPage, PaginationToken })),
    ({ PaginationToken }) => PaginationToken,
  );
}
