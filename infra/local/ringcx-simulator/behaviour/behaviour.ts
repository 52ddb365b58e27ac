import type { Profile } from "../assumptions/catalogue.ts";
import { type AuthConfigBehaviour, authConfigBehaviour } from "./auth-configs.ts";
import { type CloneBehaviour, cloneBehaviour } from "./clones.ts";
import { type InputBehaviour, inputBehaviour } from "./inputs.ts";
import { type ListBehaviour, listBehaviour } from "./lists.ts";
import { type NameBehaviour, nameBehaviour } from "./names.ts";
import { type ServiceBehaviour, serviceBehaviour } from "./services.ts";

/** What the operations of the voice API do where the documentation leaves it open. */
export interface Behaviour {
  services: ServiceBehaviour;
  inputs: InputBehaviour;
  clones: CloneBehaviour;
  names: NameBehaviour;
  authConfigs: AuthConfigBehaviour;
  lists: ListBehaviour;
}

/** See {@link Behaviour}. */
export function behaviourOf(profile: Profile): Behaviour {
  return {
    services: serviceBehaviour(profile),
    inputs: inputBehaviour(profile),
    clones: cloneBehaviour(profile),
    names: nameBehaviour(profile),
    authConfigs: authConfigBehaviour(profile),
    lists: listBehaviour(profile),
  };
}
