import { examples } from "../../infra/edition.ts";
import { nearest } from "../../shared/primitives/nearest.ts";
import { displayName } from "../../shared/records/service-name.ts";
import { opsCommand, type Session } from "../command.ts";
import { UsageError } from "../exit-codes.ts";
import { withoutCredentials } from "../export/withheld.ts";
import { findService } from "../read/find-service.ts";
import { oneAccount } from "../read/known-account.ts";
import { authConfigOf, type RingCxReader, ringCxReader } from "../read/ringcx-account.ts";
import { objectText, table } from "../view/table.ts";
import { counted } from "../view/words.ts";
import { accountFlag, needsRingCx, offering, text } from "./flags.ts";

const kinds = ["groups", "services", "inputs", "auth-configs"] as const;
type Kind = (typeof kinds)[number];

const kindParameter = {
  parse: (given: string): Kind => {
    const kind = kinds.find((one) => one === given);
    if (!kind) throw new UsageError(`"${given}" is nothing that RingCX has.${nearest(given, kinds)}`);
    return kind;
  },
  proposeCompletions: offering(kinds),
  brief: kinds.join(", "),
  placeholder: "kind",
} as const;

/** `list KIND`: what is in RingCX. */
export const listCommand = opsCommand<{ account?: string; service?: string }, [kind: Kind]>({
  brief: "List what RingCX has: groups, services, inputs, auth-configs",
  description: `${needsRingCx}\n\n${examples("ops list services --account 123456 --local", "ops list inputs --service enrichment/lookup --account 123456 --local")}`,
  flags: {
    account: accountFlag,
    service: {
      kind: "parsed",
      parse: text,
      optional: true,
      brief: "The service whose inputs are meant",
      placeholder: "service",
    },
  },
  positional: { kind: "tuple", parameters: [kindParameter] },
  async run(session, { account, service }, kind) {
    const found = await readKind(session, account, kind, service);
    return {
      text: [table(found.headings, found.rows), "", counted(found.rows.length, kind.replace(/s$/, ""))].join("\n"),
      json: withoutCredentials(found.all),
    };
  },
});

/** `get KIND NAME`: one of them, whole. */
export const getCommand = opsCommand<{ account?: string; service?: string }, [kind: Kind, name: string]>({
  brief: "Show one group, service, input or auth config as RingCX has it",
  description: `${needsRingCx}\n\n${examples("ops get services enrichment/lookup --account 123456 --local", 'ops get auth-configs "CRM OAuth" --account 123456 --local --json')}`,
  flags: {
    account: accountFlag,
    service: {
      kind: "parsed",
      parse: text,
      optional: true,
      brief: "The service whose inputs are meant",
      placeholder: "service",
    },
  },
  positional: {
    kind: "tuple",
    parameters: [kindParameter, { parse: text, brief: "Its name, or the end of it", placeholder: "name" }],
  },
  async run(session, { account, service }, kind, name) {
    const found = await readKind(session, account, kind, service);
    const wanted = name.toLowerCase();
    const fits = (test: (one: string) => boolean) =>
      found.names.flatMap((one, index) => (test(one.toLowerCase()) ? [index] : []));
    const exact = fits((one) => one === wanted);
    const indexes = exact.length > 0 ? exact : fits((one) => one.endsWith(wanted));
    const [index] = indexes;
    if (index === undefined)
      throw new UsageError(`RingCX has no "${name}" among its ${kind}.${nearest(name, found.names)}`);
    if (indexes.length > 1) {
      throw new UsageError(
        [
          `"${name}" may be several of the ${kind}; say more of its name:`,
          ...indexes.map((one) => `  ${found.names[one]}`),
        ].join("\n"),
      );
    }
    const one = withoutCredentials(found.all[index]);
    return { text: objectText(one), json: one };
  },
});

interface Listed {
  headings: readonly string[];
  rows: readonly (readonly string[])[];
  names: readonly string[];
  all: readonly unknown[];
}

async function readKind(
  { context, environment }: Session,
  account: string | undefined,
  kind: Kind,
  service: string | undefined,
): Promise<Listed> {
  const reader = ringCxReader(environment, oneAccount(environment, account), context);
  switch (kind) {
    case "groups": {
      const groups = await reader.groups();
      const rows = groups.map(({ groupName, serviceGroupId, services = [] }) => [
        groupName,
        String(serviceGroupId),
        String(services.length),
      ]);
      const all = groups.map(({ services = [], ...group }) => ({
        ...group,
        services: services.map((one) => one.serviceDescription),
      }));
      return { headings: ["Group", "Id", "Services"], rows, names: groups.map(({ groupName }) => groupName), all };
    }
    case "services":
      return listedServices(reader);
    case "inputs": {
      if (service === undefined) throw new UsageError("Inputs of which service? Give --service NAME.");
      const inputs = await reader.inputs(findService(await reader.services(), service));
      const rows = inputs.map(({ name, type = "", simpleDataType = "", rank = "" }) => [
        name,
        type,
        simpleDataType,
        rank,
      ]);
      return {
        headings: ["Input", "Type", "Data type", "Rank"],
        rows,
        names: inputs.map(({ name }) => name),
        all: inputs,
      };
    }
    case "auth-configs": {
      const configs = await reader.authConfigs();
      const rows = configs.map(({ providerName = "", authType = "", authConfigId, updatedTime = "" }) => [
        providerName,
        authType,
        authConfigId,
        updatedTime,
      ]);
      return {
        headings: ["Auth config", "Type", "Id", "Changed"],
        rows,
        names: configs.map(({ providerName = "" }) => providerName),
        all: configs,
      };
    }
  }
}

async function listedServices(reader: RingCxReader): Promise<Listed> {
  const placed = await reader.linkedServices();
  const configs = placed.some(({ service }) => service.authConfigId !== undefined) ? await reader.authConfigs() : [];
  const rows = placed.map(({ name, service }) => [
    displayName(name),
    service.isEnabled === true ? "active" : "inactive",
    service.serviceType,
    authConfigOf(service, configs)?.providerName ?? "-",
    String(service.serviceId),
  ]);
  return {
    headings: ["Service", "State", "Type", "Auth config", "Id"],
    rows,
    names: placed.map(({ name }) => displayName(name)),
    all: placed.map(({ name, service }) => ({ ...name, ...service })),
  };
}
