import { type Answer, ok } from "../answer.ts";
import { checkedList, filledText, int32, optional, required, text } from "../fields/checked-fields.ts";
import type { Fields, InputRecord, RingCxState, ServiceRecord } from "../records.ts";
import { notFound } from "../refusal.ts";
import { inputOf, serviceOf, type VoiceCall } from "./voice-call.ts";

// Remote HTTP Service APIs, "Configure Service Inputs".

const rules = {
  inputId: optional(int32),
  name: required(filledText),
  type: optional(filledText),
  simpleDataType: optional(filledText),
  value: optional(text),
  rank: optional(text),
};

export function listInputs(call: VoiceCall): Answer {
  return ok(call.behaviour.lists.ordered(serviceOf(call).service.inputs));
}

/** Saves the inputs of the array; one that names an `inputId` of this service takes that one's place. */
export function saveInputs(call: VoiceCall): Answer {
  const { inputs, services } = call.behaviour;
  const { service } = serviceOf(call);
  services.demand("inputs", service);
  const kept = { inputs: [...inputs.staying(service.inputs)] };
  const saved = addInputs(call.state, kept, checkedInputs(call.body));
  inputs.demandNames(kept.inputs);
  service.inputs = kept.inputs;
  return inputs.answerSave(saved, service.inputs);
}

export function getInput(call: VoiceCall): Answer {
  return ok(inputOf(call).input);
}

export function deleteInput(call: VoiceCall): Answer {
  const { inputs, services } = call.behaviour;
  const { service, input } = inputOf(call);
  services.demand("inputs", service);
  service.inputs = service.inputs.filter((other) => other !== input);
  return inputs.deleted;
}

/** @throws {Refusal} 400 naming the fields that are wrong, e.g. `[0].name` */
export function checkedInputs(body: unknown): Fields[] {
  return checkedList(body, rules);
}

/** @throws {Refusal} 404 for an `inputId` that the service does not have, before anything is saved */
export function addInputs(
  state: RingCxState,
  service: Pick<ServiceRecord, "inputs">,
  inputs: readonly Fields[],
): InputRecord[] {
  const places = inputs.map(({ inputId }) => {
    const place = service.inputs.findIndex((input) => input.inputId === inputId);
    if (inputId !== undefined && place === -1) throw notFound(`HTTP service input ${inputId}`);
    return place;
  });
  return inputs.map((fields, index) => {
    const input = { ...fields, inputId: Number(fields.inputId ?? state.nextId()), name: String(fields.name) };
    const place = places[index] ?? -1;
    if (place === -1) service.inputs.push(input);
    else service.inputs[place] = input;
    return input;
  });
}
