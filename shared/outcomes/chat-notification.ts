import * as z from "zod";
import { type Outcome, outcomeStatusSchema } from "../contract/outcome.ts";
import { shellArgument } from "../primitives/shell-argument.ts";
import { isOfDryRun } from "./answered.ts";

/** Where outcomes go for a chat, and which. */
export const chatSettingsSchema = z.object({
  topicArn: z.string().min(1),
  /** Outcomes of messages and commands that are told. */
  statuses: z.array(outcomeStatusSchema),
});
/** See {@link chatSettingsSchema}. */
export type ChatSettings = z.output<typeof chatSettingsSchema>;

/**
 * What AWS's chat service shows in Slack, Teams or Chime.
 * Source: Amazon Q Developer in chat applications Administrator Guide, "Custom notifications", event schema.
 */
export interface ChatNotification {
  version: "1.0";
  source: "custom";
  id: string;
  content: { textType: "client-markdown"; title: string; description: string; nextSteps?: string[] };
  metadata: { threadId: string; summary: string; eventType: string; relatedResources?: string[] };
}

// The guide names no bounds; a chat's reader has some.
const longestTitle = 150;
const longestText = 2_000;
const mostSteps = 5;
const mostResources = 10;

/** Types of what others have sent; anything else the automation has done of its own accord. */
const sentTypes = /^ringcx\.(apply|copy|retire|command|verify)\./;

/**
 * Whether a chat is told: outcomes of messages and commands by their status, but of no dry run that was refused; what the automation did of its own accord whenever
 * something was done or failed.
 */
export function isForChat({ data }: Outcome, { statuses }: Pick<ChatSettings, "statuses">): boolean {
  const { status, cause } = data;
  if (isOfDryRun(data)) return false;
  if (statuses.includes(status)) return true;
  return !sentTypes.test(cause.type) && !["NO_CHANGE", "PLANNED"].includes(status);
}

/** An outcome in the words and the form of a chat: what happened, and what to type. Pure. */
export function chatNotification({ id, source, data }: Outcome): ChatNotification {
  const environment = source.split("/").at(-1) ?? "";
  const { status, summary, cause, accountId, resources = [], problems = [] } = data;
  const wrong = [...problems, ...resources.flatMap((resource) => resource.problems ?? [])];
  const told = new Set(wrong.map(({ path, message }) => `• ${path === "" ? "" : `${path}: `}${message}`));
  const names = resources.map(({ kind, name }) => `${kind} ${name}`);
  const account = accountId === undefined ? "" : `, account ${accountId}`;
  return {
    version: "1.0",
    source: "custom",
    id,
    content: {
      textType: "client-markdown",
      title: shown(`${titles[status]} (RingCX, ${environment}${account})`, longestTitle),
      description: shown([summary, ...told].join("\n"), longestText),
      nextSteps: nextSteps(data, wrong, environment),
    },
    metadata: {
      // What happens to one service stands together.
      threadId: shown(`${environment}/${accountId ?? ""}/${resources[0]?.name ?? cause.id}`, longestTitle),
      summary: shown(summary, longestTitle),
      eventType: cause.type,
      ...(names.length > 0 && {
        relatedResources: names.slice(0, mostResources).map((name) => shown(name, longestTitle)),
      }),
    },
  };
}

const titles: Readonly<Record<Outcome["data"]["status"], string>> = {
  SUCCEEDED: "Done",
  NO_CHANGE: "Nothing to do",
  PLANNED: "Planned, not done",
  PARTIAL: "Done in part",
  REJECTED: "Rejected",
  SUPERSEDED: "Overtaken by something later",
  FAILED: "Failed",
};

/** How to mend it, then what to type to see more. */
function nextSteps(
  { status, cause, resources = [] }: Outcome["data"],
  wrong: readonly { hint?: string | undefined }[],
  environment: string,
): string[] {
  const [service] = resources.filter(({ kind, changes = [] }) => kind === "httpService" && changes.length > 0);
  const type = (command: string) => `ops ${command} --environment ${environment}`;
  const hints = wrong.flatMap(({ hint }) => hint ?? []).slice(0, mostSteps - 2);
  return [
    ...new Set(hints),
    ...(status === "REJECTED" ? [type(`rejected show ${shellArgument(cause.id)}`)] : []),
    ...(service && !sentTypes.test(cause.type) ? [type(`why ${shellArgument(service.name)}`)] : []),
    type(`trace ${shellArgument(cause.id)}`),
  ]
    .slice(0, mostSteps)
    .map((step) => shown(step, longestText));
}

/** A text that mentions nobody and formats nothing: what names hold comes from others. */
function shown(text: string, longest: number): string {
  const harmless = text.replaceAll("<", "‹").replaceAll(">", "›").replaceAll("`", "'").replaceAll("@", "@\u200b");
  return harmless.length <= longest ? harmless : `${harmless.slice(0, longest - 1)}…`;
}
