const forms: Readonly<Record<string, string>> = {
  string: "a text between quotes",
  number: "a number without quotes",
  int: "a whole number without quotes",
  boolean: "true or false without quotes",
  array: "a list in [ ]",
  object: "an object in { }",
  record: "an object in { }",
};

/** How a value of a type is written, for whoever wrote another one: ` to a list in [ ]`; nothing of a type that zod alone knows. */
export function toForm(expected: string): string {
  const form = forms[expected];
  return form === undefined ? "" : ` to ${form}`;
}
