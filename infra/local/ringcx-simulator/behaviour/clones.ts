import type { Profile } from "../assumptions/catalogue.ts";
import type { Fields, InputRecord, ServiceRecord } from "../records.ts";
import { chosen, type Strategies } from "./chosen.ts";

const states: Strategies<"clones.state", (source: ServiceRecord) => boolean> = {
  asSource: ({ isEnabled }) => isEnabled,
  inactive: () => false,
  active: () => true,
};

const inputs: Strategies<"clones.inputs", (source: ServiceRecord) => readonly InputRecord[]> = {
  copied: (source) => source.inputs,
  absent: () => [],
};

const links: Strategies<"clones.authLink", (fields: Fields) => Fields> = {
  copied: (fields) => fields,
  absent: ({ authConfigId: _link, ...fields }) => fields,
};

const debugs: Strategies<"clones.debug", (source: ServiceRecord) => boolean> = {
  copied: ({ isDebug }) => isDebug === true,
  off: () => false,
};

/** What a clone takes from its source, by a profile. */
export type CloneBehaviour = ReturnType<typeof cloneBehaviour>;

/** See {@link CloneBehaviour}. */
export function cloneBehaviour(profile: Profile) {
  const isEnabled = chosen(profile, "clones.state", states);
  const linked = chosen(profile, "clones.authLink", links);
  const isDebug = chosen(profile, "clones.debug", debugs);
  return {
    fields: (source: ServiceRecord): Fields => ({
      ...linked(source),
      isEnabled: isEnabled(source),
      isDebug: isDebug(source),
    }),
    /** The source's inputs that go along; they get ids of their own. */
    inputs: chosen(profile, "clones.inputs", inputs),
  };
}
